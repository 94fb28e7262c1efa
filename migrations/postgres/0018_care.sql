-- Who takes care of failures, and what they said. Kind 1 is a group, by its fingerprint; kind 2 is a record, by its run.
CREATE TABLE care (
    kind          SMALLINT NOT NULL,
    subject       BIGINT NOT NULL,
    assignee      TEXT,
    snoozed_at    BIGINT,
    snoozed_until BIGINT,
    PRIMARY KEY (kind, subject)
);

CREATE TABLE care_comment (
    kind    SMALLINT NOT NULL,
    subject BIGINT NOT NULL,
    n       INTEGER NOT NULL,
    at      BIGINT NOT NULL,
    who     TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (kind, subject, n)
);
