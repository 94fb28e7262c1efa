-- Long bodies, each once, in a file `blobs/<hash>.blob`: pieces one behind the other. `lengths` are theirs, four bytes
-- each, least significant first.
CREATE TABLE kept_blob (
    hash       BLOB PRIMARY KEY,
    bytes      INTEGER NOT NULL,
    stored     INTEGER NOT NULL,
    lengths    BLOB NOT NULL,
    touched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who needs which: an event whose body it is, or a record of the inbox that holds that event.
CREATE TABLE blob_use (
    owner INTEGER NOT NULL,
    blob  BLOB NOT NULL,
    PRIMARY KEY (owner, blob)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_use_blob ON blob_use (blob);
