-- How a connection was when it was last tried. The latest alone: what was before is not kept.
CREATE TABLE health (
    connection TEXT PRIMARY KEY,
    checked_at INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
