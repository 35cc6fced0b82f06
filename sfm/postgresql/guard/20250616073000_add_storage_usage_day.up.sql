-- bfm: schema=guard
-- bfm: depends-on=guard/create_storage_usage_snapshots
-- bfm: tags=tier=standard, team=billing

ALTER TABLE guard.storage_usage_snapshots
  ADD COLUMN usage_day date GENERATED ALWAYS AS ((taken_at AT TIME ZONE 'UTC')::date) STORED;

CREATE INDEX storage_usage_snapshots_organization_id_usage_day_idx
  ON guard.storage_usage_snapshots (organization_id, usage_day, signal)
  INCLUDE (stored_bytes);

COMMENT ON COLUMN guard.storage_usage_snapshots.usage_day IS 'Day in UTC to which the measurement is billed.';
