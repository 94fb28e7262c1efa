-- Who writes of a key of a flow: the flow, by the run that began to, or a person. `lane` is that of the key's runs.
CREATE TABLE claim (
    lane BIGINT PRIMARY KEY,
    flow BIGINT NOT NULL,
    key  TEXT NOT NULL,
    run  BIGINT,
    who  TEXT NOT NULL,
    at   BIGINT NOT NULL
);

-- What is past its time.
CREATE INDEX claim_flow ON claim (flow, at);
-- What people do by hand.
CREATE INDEX claim_people ON claim (flow, at) WHERE run IS NULL;
