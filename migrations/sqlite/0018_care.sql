-- Who takes care of failures, and what they said. Kind 1 is a group, by its fingerprint; kind 2 is a record, by its run.
CREATE TABLE care (
    kind          INTEGER NOT NULL,
    subject       INTEGER NOT NULL,
    assignee      TEXT,
    snoozed_at    INTEGER,
    snoozed_until INTEGER,
    PRIMARY KEY (kind, subject)
) STRICT;

CREATE TABLE care_comment (
    kind    INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (kind, subject, n)
) STRICT;
