-- Which record of a system is which of ours. In order of bytes, as the other store has them.
CREATE TABLE xref (
    entity     TEXT COLLATE "C" NOT NULL,
    system     TEXT COLLATE "C" NOT NULL,
    external   TEXT COLLATE "C" NOT NULL,
    own        TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (entity, system, external)
);

-- The way back.
CREATE INDEX xref_own ON xref (entity, system, own, external);
