-- What every commit writes or locks. A vacuum that gives the empty end of a file back locks the whole table while it looks
-- for that end and waits for the disk, and nobody is answered meanwhile. The room is used again anyway.
ALTER TABLE run SET (vacuum_truncate = off);
ALTER TABLE shard SET (vacuum_truncate = off);
ALTER TABLE control SET (vacuum_truncate = off);
ALTER TABLE crash SET (vacuum_truncate = off);
ALTER TABLE schedule SET (vacuum_truncate = off);
ALTER TABLE flow_total SET (vacuum_truncate = off);
ALTER TABLE flow_day SET (vacuum_truncate = off);
ALTER TABLE error_group SET (vacuum_truncate = off);
