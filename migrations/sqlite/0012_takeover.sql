-- In PostgreSQL: how runs and words for a few of the shards are found. Here one process holds them all.
SELECT 1;
