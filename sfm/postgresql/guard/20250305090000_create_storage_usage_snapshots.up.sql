-- bfm: schema=guard
-- bfm: depends-on=core/create_environments
-- bfm: tags=tier=standard, team=billing

CREATE TABLE guard.storage_usage_snapshots (
  environment_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  signal text NOT NULL,
  taken_at timestamptz NOT NULL,
  stored_bytes bigint NOT NULL,
  row_count bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT storage_usage_snapshots_pkey PRIMARY KEY (environment_id, signal, taken_at),
  CONSTRAINT storage_usage_snapshots_environment_fkey
    FOREIGN KEY (environment_id, organization_id)
    REFERENCES core.environments (environment_id, organization_id) ON DELETE CASCADE,
  CONSTRAINT storage_usage_snapshots_signal_check CHECK (signal IN ('logs', 'traces', 'metrics')),
  CONSTRAINT storage_usage_snapshots_stored_bytes_check CHECK (stored_bytes >= 0),
  CONSTRAINT storage_usage_snapshots_row_count_check CHECK (row_count >= 0)
);

CREATE INDEX storage_usage_snapshots_organization_id_taken_at_idx
  ON guard.storage_usage_snapshots (organization_id, taken_at DESC);

CREATE INDEX storage_usage_snapshots_taken_at_idx
  ON guard.storage_usage_snapshots USING brin (taken_at);

COMMENT ON TABLE guard.storage_usage_snapshots IS
  'How much each environment stores, measured several times a day; billing reads it.';
COMMENT ON COLUMN guard.storage_usage_snapshots.signal IS 'Kind of telemetry that was measured.';
COMMENT ON COLUMN guard.storage_usage_snapshots.taken_at IS 'Moment of the measurement, not of the insert.';
COMMENT ON COLUMN guard.storage_usage_snapshots.stored_bytes IS 'Compressed size on disk.';
