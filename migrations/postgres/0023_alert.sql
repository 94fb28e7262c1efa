-- What people are to be told of by themselves, and how each of these rules stands. What changes a row does so over the revision
-- that it read, so that of two processes one tells.
CREATE TABLE alert (
    id         TEXT COLLATE "C" PRIMARY KEY,
    rule       TEXT NOT NULL,
    state      TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
