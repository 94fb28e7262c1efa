-- When a day that is over was last looked at for what has gone of it.
ALTER TABLE day ADD COLUMN trimmed_at BIGINT NOT NULL DEFAULT 0;
