-- Times are milliseconds since 1970, ids are BIGINT that carry their time, bodies are opaque bytes.
-- Bodies lie in their rows' tables: PostgreSQL keeps large values beside the rows by itself, so there is no `blob` as in
-- SQLite. EXTERNAL because they are compressed already where that pays.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- A deleted flow keeps its row: its history still has to expire by the flow's own retention.
CREATE TABLE flow (
    key            BIGINT PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    state          SMALLINT NOT NULL,
    version        BIGINT NOT NULL,
    version_number INTEGER NOT NULL,
    document       TEXT NOT NULL,
    keep_done      BIGINT NOT NULL,
    keep_failed    BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    deleted_at     BIGINT
);

CREATE TABLE version (
    key        BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    flow       BIGINT NOT NULL,
    number     INTEGER NOT NULL,
    logic      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (flow, number)
);

CREATE TABLE connection (
    name       TEXT PRIMARY KEY,
    connector  TEXT NOT NULL,
    fields     TEXT NOT NULL,
    secrets    BYTEA NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE schedule (
    flow    BIGINT NOT NULL,
    node    TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    PRIMARY KEY (flow, node)
);

-- The days (since 2024, UTC) that have partitions of `event`, `journal` and `run_hist`. Before a day is dropped it is
-- closed here, so that no new run can refer to one of its events; whoever makes such a run holds the row meanwhile.
CREATE TABLE day (
    day    INTEGER PRIMARY KEY,
    closed SMALLINT NOT NULL DEFAULT 0
);

CREATE TABLE event (
    id          BIGINT PRIMARY KEY,
    flow        BIGINT NOT NULL,
    "trigger"   TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    delivery    BYTEA,
    sha256      BYTEA NOT NULL,
    head        BYTEA NOT NULL,
    body        BYTEA NOT NULL
) PARTITION BY RANGE (id);
ALTER TABLE event ALTER body SET STORAGE EXTERNAL;

-- Which event a sender's delivery became. The event's id carries its time. Not cut by day: a key that is unique over all
-- days cannot be.
CREATE TABLE dedupe (
    event     BIGINT NOT NULL,
    flow      BIGINT NOT NULL,
    "trigger" TEXT NOT NULL,
    delivery  BYTEA NOT NULL,
    PRIMARY KEY (delivery, flow, "trigger")
);
-- The table is in order of time, nearly: a few bytes per range are enough to find its oldest rows.
CREATE INDEX dedupe_event ON dedupe USING BRIN (event) WITH (pages_per_range = 32, autosummarize = on);

-- The order in which runs were acknowledged, whatever the clocks of the machines say.
CREATE SEQUENCE run_turn;

-- Only runs that have not ended: written at the accept, deleted at the end, and seldom touched between.
-- `tx` says which transaction brought the row, so that others can ask for exactly what they have not seen.
CREATE TABLE run (
    id          BIGINT PRIMARY KEY,
    flow        BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    event       BIGINT NOT NULL,
    lane        BIGINT,
    key         TEXT,
    lineage     BIGINT NOT NULL,
    parent      BIGINT,
    parent_step TEXT,
    started_at  BIGINT NOT NULL,
    deadline    BIGINT NOT NULL,
    wake_at     BIGINT,
    turn        BIGINT NOT NULL DEFAULT nextval('run_turn'),
    tx          XID8 NOT NULL DEFAULT pg_current_xact_id()
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000);
-- An event's first run has its number, so only retries and calls need an index to be found by their event.
CREATE INDEX run_event ON run (event) WHERE id <> event;
CREATE INDEX run_turn_order ON run (turn);
CREATE INDEX run_tx ON run (tx);

-- Appended only. What has ended stays until its day is trimmed or dropped: the doc in `run_hist` tells the same.
CREATE TABLE journal (
    run  BIGINT NOT NULL,
    seq  INTEGER NOT NULL,
    at   BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (run, seq)
) PARTITION BY RANGE (run);
ALTER TABLE journal ALTER body SET STORAGE EXTERNAL;

-- Runs that have ended.
CREATE TABLE run_hist (
    id          BIGINT PRIMARY KEY,
    flow        BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    event       BIGINT NOT NULL,
    status      SMALLINT NOT NULL,
    key         TEXT,
    lineage     BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    steps       INTEGER NOT NULL,
    error_node  TEXT,
    error_code  TEXT,
    error       TEXT,
    doc         BYTEA NOT NULL
) PARTITION BY RANGE (id);
ALTER TABLE run_hist ALTER doc SET STORAGE EXTERNAL;
-- Lists per flow and outcome, newest first; expiry walks it from the other end.
CREATE INDEX run_hist_flow ON run_hist (flow, status, id, finished_at);
CREATE INDEX run_hist_trouble ON run_hist (status, id) WHERE status >= 2;
-- By bytes and not by the rules of a language, so that it finds what starts with a text.
CREATE INDEX run_hist_key ON run_hist (key COLLATE "C") WHERE key IS NOT NULL;
CREATE INDEX run_hist_event ON run_hist (event) WHERE id <> event;

-- Counts are kept for ever. Each connection that writes adds to a `part` of its own, because all of them would wait for
-- one row; who reads adds the parts up, and one part alone may be below zero.
CREATE TABLE flow_total (
    flow          BIGINT NOT NULL,
    part          SMALLINT NOT NULL,
    open          BIGINT NOT NULL,
    done          BIGINT NOT NULL,
    failed        BIGINT NOT NULL,
    cancelled     BIGINT NOT NULL,
    last_run_at   BIGINT,
    last_ended_at BIGINT,
    last_status   SMALLINT,
    PRIMARY KEY (flow, part)
) WITH (fillfactor = 30, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Runs ended per flow, day (since 1970, UTC) and outcome; kept for ever.
CREATE TABLE flow_day (
    day    BIGINT NOT NULL,
    flow   BIGINT NOT NULL,
    status SMALLINT NOT NULL,
    part   SMALLINT NOT NULL,
    runs   BIGINT NOT NULL,
    PRIMARY KEY (day, flow, status, part)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- `user` is a word of the language here.
CREATE TABLE account (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL,
    name          TEXT NOT NULL,
    role          SMALLINT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_email ON account (lower(email));

CREATE TABLE session (
    id_hash    BYTEA PRIMARY KEY,
    data       BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE token (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    hash         BYTEA NOT NULL UNIQUE,
    role         SMALLINT NOT NULL,
    created_at   BIGINT NOT NULL,
    created_by   TEXT NOT NULL,
    last_used_at BIGINT
);

CREATE TABLE audit (
    n      BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at     BIGINT NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL,
    target TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at);
