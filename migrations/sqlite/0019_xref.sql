-- Which record of a system is which of ours.
CREATE TABLE xref (
    entity     TEXT NOT NULL,
    system     TEXT NOT NULL,
    external   TEXT NOT NULL,
    own        TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (entity, system, external)
) STRICT, WITHOUT ROWID;

-- The way back.
CREATE INDEX xref_own ON xref (entity, system, own, external);
