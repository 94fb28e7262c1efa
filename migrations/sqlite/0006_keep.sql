-- Runs that have ended leave this file for a file of their day (`history/`). Here is what says which of those to open.

-- `writes` counts the times a file was added to: the same number is the same content.
CREATE TABLE history_file (
    file   INTEGER PRIMARY KEY,
    writes INTEGER NOT NULL
) STRICT;

-- What a file holds of one flow and outcome. "later" are runs that are not the first of their event.
CREATE TABLE history_part (
    file          INTEGER NOT NULL,
    flow          INTEGER NOT NULL,
    status        INTEGER NOT NULL,
    runs          INTEGER NOT NULL,
    first_id      INTEGER NOT NULL,
    last_id       INTEGER NOT NULL,
    first_event   INTEGER NOT NULL,
    last_event    INTEGER NOT NULL,
    first_later   INTEGER,
    last_later    INTEGER,
    last_finished INTEGER NOT NULL,
    PRIMARY KEY (file, flow, status)
) STRICT, WITHOUT ROWID;
