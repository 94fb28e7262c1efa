-- Which part of the runs a run belongs to.
ALTER TABLE run ADD COLUMN shard SMALLINT NOT NULL DEFAULT 0;

-- Who works on this store. `token` tells a process from a later one with the same node.
CREATE TABLE worker (
    node        SMALLINT PRIMARY KEY,
    token       TEXT NOT NULL,
    name        TEXT NOT NULL,
    version     TEXT NOT NULL,
    joined_at   BIGINT NOT NULL,
    lease_until BIGINT NOT NULL
) WITH (fillfactor = 50);

-- A shard is held while its owner's lease lasts. The epoch grows whenever it changes hands, and a commit that names an
-- old one is refused. One lease per worker, not per shard: one row is written every few seconds, and not 64.
CREATE TABLE shard (
    id    SMALLINT PRIMARY KEY,
    owner SMALLINT,
    epoch BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO shard (id) SELECT generate_series(0, 63);

-- What a run's holder is told, until it has answered and the answer was taken.
CREATE TABLE control (
    id     BIGINT PRIMARY KEY,
    run    BIGINT NOT NULL,
    shard  SMALLINT NOT NULL,
    at     BIGINT NOT NULL,
    body   BYTEA NOT NULL,
    answer BYTEA
);

-- Changes with every flow, flow state and connection, so that other processes see that they have to look.
CREATE TABLE change (
    n BIGINT NOT NULL
);
INSERT INTO change VALUES (0);
