-- Runs ended per five minutes (since 1970, UTC), flow, outcome and band of durations; kept for some days. `retried` is 1 where
-- a step needed more than one attempt. Parts are as in `flow_day`.
CREATE TABLE flow_slot (
    slot    BIGINT NOT NULL,
    flow    BIGINT NOT NULL,
    status  SMALLINT NOT NULL,
    retried SMALLINT NOT NULL,
    band    SMALLINT NOT NULL,
    part    SMALLINT NOT NULL,
    runs    BIGINT NOT NULL,
    PRIMARY KEY (slot, flow, status, retried, band, part)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, vacuum_truncate = off);
