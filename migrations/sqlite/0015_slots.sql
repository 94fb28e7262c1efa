-- Runs ended per five minutes (since 1970, UTC), flow, outcome and band of durations; kept for some days. `retried` is 1 where
-- a step needed more than one attempt.
CREATE TABLE flow_slot (
    slot    INTEGER NOT NULL,
    flow    INTEGER NOT NULL,
    status  INTEGER NOT NULL,
    retried INTEGER NOT NULL,
    band    INTEGER NOT NULL,
    runs    INTEGER NOT NULL,
    PRIMARY KEY (slot, flow, status, retried, band)
) STRICT, WITHOUT ROWID;
