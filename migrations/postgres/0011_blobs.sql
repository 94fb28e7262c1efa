-- Long bodies, each once. `upload` is the number under which its pieces came in.
CREATE TABLE kept_blob (
    hash       BYTEA PRIMARY KEY,
    upload     BIGINT NOT NULL UNIQUE,
    bytes      BIGINT NOT NULL,
    stored     BIGINT NOT NULL,
    pieces     INTEGER NOT NULL,
    touched_at BIGINT NOT NULL
);

CREATE TABLE blob_piece (
    upload BIGINT NOT NULL,
    n      INTEGER NOT NULL,
    data   BYTEA NOT NULL,
    PRIMARY KEY (upload, n)
);
-- They come in compressed.
ALTER TABLE blob_piece ALTER data SET STORAGE EXTERNAL;

-- Uploads that have not become blobs.
CREATE TABLE blob_upload (
    id BIGINT PRIMARY KEY
);

-- Who needs which: an event whose body it is, or a record of the inbox that holds that event.
CREATE TABLE blob_use (
    owner BIGINT NOT NULL,
    blob  BYTEA NOT NULL,
    PRIMARY KEY (owner, blob)
);
CREATE INDEX blob_use_blob ON blob_use (blob);
