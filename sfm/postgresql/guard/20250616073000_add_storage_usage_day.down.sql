DROP INDEX guard.storage_usage_snapshots_organization_id_usage_day_idx;

ALTER TABLE guard.storage_usage_snapshots
  DROP COLUMN usage_day;
