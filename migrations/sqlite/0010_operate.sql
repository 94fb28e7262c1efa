-- Runs that were begun and never came to rest, because the process died under them each time. A row goes as soon as the
-- run has come to rest.
CREATE TABLE crash (
    run   INTEGER PRIMARY KEY,
    times INTEGER NOT NULL
) STRICT;

-- Why a person ignored, resolved or reopened a record.
ALTER TABLE inbox ADD COLUMN reason TEXT NOT NULL DEFAULT '';

-- What a person asked to be done with many runs, and how far it is. `what` and `progress` are the engine's.
CREATE TABLE job (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    who        TEXT NOT NULL,
    what       TEXT NOT NULL,
    state      INTEGER NOT NULL,
    progress   TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL
) STRICT;
CREATE INDEX job_state ON job (state, id);
