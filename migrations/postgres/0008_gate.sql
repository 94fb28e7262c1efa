-- What holds calls of a connection back: its rate budget, the wish of the target for fewer calls, its breaker. A row is
-- written some times per second at most: tokens are taken in blocks.
CREATE TABLE gate (
    connection    TEXT PRIMARY KEY,
    -- When the calls made so far would have been made one by one (microseconds).
    spent_until   BIGINT NOT NULL DEFAULT 0,
    -- The target asked for no call before.
    held_until    BIGINT NOT NULL DEFAULT 0,
    -- Of an open breaker; nothing while it is closed.
    open_since    BIGINT,
    trials        INTEGER NOT NULL DEFAULT 0,
    next_trial_at BIGINT NOT NULL DEFAULT 0,
    error         TEXT NOT NULL DEFAULT ''
) WITH (fillfactor = 50);
