-- How a connection was when it was last tried. The latest alone: what was before is not kept.
CREATE TABLE health (
    connection TEXT COLLATE "C" PRIMARY KEY,
    checked_at BIGINT NOT NULL,
    document   TEXT NOT NULL
);
