-- Failed runs that wait for a person. `doc` is what a retry needs when the history has let go of the run: it goes when
-- the record is closed. A `doc` of NULL lies in `blob` (kind 4); one of no bytes is not kept (any more).
CREATE TABLE inbox (
    run         INTEGER PRIMARY KEY,
    flow        INTEGER NOT NULL,
    -- The first of the runs that retry one another.
    origin      INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    key         TEXT,
    node        TEXT NOT NULL,
    code        TEXT NOT NULL,
    message     TEXT NOT NULL,
    state       INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    changed_by  TEXT NOT NULL,
    doc         BLOB
) STRICT;
CREATE INDEX inbox_origin ON inbox (origin);
CREATE INDEX inbox_group ON inbox (fingerprint, state, run);
CREATE INDEX inbox_flow ON inbox (flow, state, run);
CREATE INDEX inbox_state ON inbox (state, run);

-- Failures of one kind, counted as they come, so that nobody counts them later.
CREATE TABLE error_group (
    fingerprint INTEGER PRIMARY KEY,
    flow        INTEGER NOT NULL,
    node        TEXT NOT NULL,
    code        TEXT NOT NULL,
    message     TEXT NOT NULL,
    runs        INTEGER NOT NULL,
    open        INTEGER NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX error_group_last ON error_group (last_at, fingerprint);

-- Which run retries which. A run is retried once: its retry is what is retried after that.
CREATE TABLE retry (
    run    INTEGER PRIMARY KEY,
    by_run INTEGER NOT NULL UNIQUE,
    origin INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL
) STRICT;
