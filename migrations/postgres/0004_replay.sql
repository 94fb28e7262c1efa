-- Failed runs that wait for a person. `doc` is what a retry needs when the history has let go of the run: it goes when
-- the record is closed. A `doc` of no bytes is not kept (any more).
CREATE TABLE inbox (
    run         BIGINT PRIMARY KEY,
    flow        BIGINT NOT NULL,
    -- The first of the runs that retry one another.
    origin      BIGINT NOT NULL,
    fingerprint BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    key         TEXT,
    node        TEXT NOT NULL,
    code        TEXT NOT NULL,
    message     TEXT NOT NULL,
    state       SMALLINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    changed_by  TEXT NOT NULL,
    doc         BYTEA NOT NULL
);
CREATE INDEX inbox_origin ON inbox (origin);
CREATE INDEX inbox_group ON inbox (fingerprint, state, run);
CREATE INDEX inbox_flow ON inbox (flow, state, run);
CREATE INDEX inbox_state ON inbox (state, run);

-- Failures of one kind, counted as they come, so that nobody counts them later.
CREATE TABLE error_group (
    fingerprint BIGINT PRIMARY KEY,
    flow        BIGINT NOT NULL,
    node        TEXT NOT NULL,
    code        TEXT NOT NULL,
    message     TEXT NOT NULL,
    runs        BIGINT NOT NULL,
    open        BIGINT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL
);
CREATE INDEX error_group_last ON error_group (last_at, fingerprint);

-- Which run retries which. A run is retried once: its retry is what is retried after that.
CREATE TABLE retry (
    run    BIGINT PRIMARY KEY,
    by_run BIGINT NOT NULL UNIQUE,
    origin BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL
);
