DROP TABLE guard.storage_usage_snapshots;
