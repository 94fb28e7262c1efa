-- Flow documents that people work on. A row stays when its draft is gone, without a document: no revision comes twice.
CREATE TABLE draft (
    flow     TEXT PRIMARY KEY,
    document TEXT,
    based_on INTEGER NOT NULL,
    revision BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    saved_by TEXT NOT NULL
);
