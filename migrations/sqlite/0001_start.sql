-- Times are milliseconds since 1970, ids are i64 that carry their time, bodies are opaque bytes.
-- A body column is NULL where the body lies in `blob`.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A deleted flow keeps its row: its history still has to expire by the flow's own retention.
CREATE TABLE flow (
    key            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    state          INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    version_number INTEGER NOT NULL,
    document       TEXT NOT NULL,
    keep_done      INTEGER NOT NULL,
    keep_failed    INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    deleted_at     INTEGER
) STRICT;

CREATE TABLE version (
    key        INTEGER PRIMARY KEY,
    flow       INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    logic      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (flow, number)
) STRICT;

CREATE TABLE connection (
    name       TEXT PRIMARY KEY,
    connector  TEXT NOT NULL,
    fields     TEXT NOT NULL,
    secrets    BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE schedule (
    flow    INTEGER NOT NULL,
    node    TEXT NOT NULL,
    next_at INTEGER NOT NULL,
    PRIMARY KEY (flow, node)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    id          INTEGER PRIMARY KEY,
    flow        INTEGER NOT NULL,
    "trigger"   TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    delivery    BLOB,
    sha256      BLOB NOT NULL,
    head        BLOB NOT NULL,
    body        BLOB
) STRICT;

-- Which event a sender's delivery became. The event's id carries its time, so the oldest are the first rows.
CREATE TABLE dedupe (
    event     INTEGER PRIMARY KEY,
    flow      INTEGER NOT NULL,
    "trigger" TEXT NOT NULL,
    delivery  BLOB NOT NULL,
    UNIQUE (delivery, flow, "trigger")
) STRICT;

-- Only runs that have not ended.
CREATE TABLE run (
    id          INTEGER PRIMARY KEY,
    flow        INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    event       INTEGER NOT NULL,
    lane        INTEGER,
    key         TEXT,
    lineage     INTEGER NOT NULL,
    parent      INTEGER,
    parent_step TEXT,
    started_at  INTEGER NOT NULL,
    deadline    INTEGER NOT NULL,
    wake_at     INTEGER
) STRICT;
-- An event's first run has its number, so only retries and calls need an index to be found by their event.
CREATE INDEX run_event ON run (event) WHERE id <> event;

CREATE TABLE journal (
    run  INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    body BLOB,
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Runs that have ended. `doc` comes last: lists never read it.
CREATE TABLE run_hist (
    id          INTEGER PRIMARY KEY,
    flow        INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    event       INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    key         TEXT,
    lineage     INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    steps       INTEGER NOT NULL,
    error_node  TEXT,
    error_code  TEXT,
    error       TEXT,
    doc         BLOB
) STRICT;
-- Lists per flow and outcome, newest first; expiry walks it from the other end without touching the table.
CREATE INDEX run_hist_flow ON run_hist (flow, status, id, finished_at);
CREATE INDEX run_hist_trouble ON run_hist (status, id) WHERE status >= 2;
CREATE INDEX run_hist_key ON run_hist (key) WHERE key IS NOT NULL;
CREATE INDEX run_hist_event ON run_hist (event) WHERE id <> event;

-- Bodies above the inline limit, in parts. kind: 1 an event's body, 2 a finished run's doc, 3 a record's body.
CREATE TABLE blob (
    owner INTEGER NOT NULL,
    kind  INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    part  INTEGER NOT NULL,
    data  BLOB NOT NULL,
    UNIQUE (owner, kind, seq, part)
) STRICT;

CREATE TABLE flow_total (
    flow        INTEGER PRIMARY KEY,
    open        INTEGER NOT NULL,
    done        INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    cancelled   INTEGER NOT NULL,
    last_run_at INTEGER,
    last_status INTEGER
) STRICT;

-- Runs ended per flow, day (since 1970, UTC) and outcome; kept for ever.
CREATE TABLE flow_day (
    day    INTEGER NOT NULL,
    flow   INTEGER NOT NULL,
    status INTEGER NOT NULL,
    runs   INTEGER NOT NULL,
    PRIMARY KEY (day, flow, status)
) STRICT, WITHOUT ROWID;

CREATE TABLE user (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name          TEXT NOT NULL,
    role          INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    id_hash    BLOB PRIMARY KEY,
    data       BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE token (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    hash         BLOB NOT NULL UNIQUE,
    role         INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    created_by   TEXT NOT NULL,
    last_used_at INTEGER
) STRICT;

CREATE TABLE audit (
    n      INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL,
    target TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
