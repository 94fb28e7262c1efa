-- A few shards' runs in the order of their turns, for whoever takes them over. Processes of the release before read by
-- `run_turn_order`.
CREATE INDEX run_shard_turn ON run (shard, turn);

-- What has not been heard yet, however much has been answered.
CREATE INDEX control_unheard ON control (shard, id) WHERE answer IS NULL;
