-- Who writes of a key of a flow: the flow, by the run that began to, or a person. `lane` is that of the key's runs.
CREATE TABLE claim (
    lane INTEGER PRIMARY KEY,
    flow INTEGER NOT NULL,
    key  TEXT NOT NULL,
    run  INTEGER,
    who  TEXT NOT NULL,
    at   INTEGER NOT NULL
) STRICT;

-- What is past its time.
CREATE INDEX claim_flow ON claim (flow, at);
-- What people do by hand.
CREATE INDEX claim_people ON claim (flow, at) WHERE run IS NULL;
