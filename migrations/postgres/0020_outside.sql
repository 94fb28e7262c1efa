-- Up to where a trigger that asks its system has asked.
CREATE TABLE asked (
    flow     BIGINT NOT NULL,
    node     TEXT NOT NULL,
    "cursor" TEXT NOT NULL,
    PRIMARY KEY (flow, node)
);

-- Who renews the tokens of a connection, so that one process does.
CREATE TABLE renewal (
    connection TEXT PRIMARY KEY,
    until      BIGINT NOT NULL
);

-- Connectors that were made from a system's own description.
CREATE TABLE connector (
    id         TEXT COLLATE "C" PRIMARY KEY,
    document   TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
