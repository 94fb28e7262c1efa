-- Which part of the runs a run belongs to. In this store one process holds them all; the number travels with the run.
ALTER TABLE run ADD COLUMN shard INTEGER NOT NULL DEFAULT 0;
