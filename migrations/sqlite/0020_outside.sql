-- Up to where a trigger that asks its system has asked.
CREATE TABLE asked (
    flow     INTEGER NOT NULL,
    node     TEXT NOT NULL,
    "cursor" TEXT NOT NULL,
    PRIMARY KEY (flow, node)
) STRICT, WITHOUT ROWID;

-- Who renews the tokens of a connection, so that one does.
CREATE TABLE renewal (
    connection TEXT PRIMARY KEY,
    until      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Connectors that were made from a system's own description.
CREATE TABLE connector (
    id         TEXT PRIMARY KEY,
    document   TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL
) STRICT;
