-- bfm: schema=core
-- bfm: depends-on=core/create_environments
-- bfm: tags=tier=standard, team=ingest

ALTER TABLE core.environments
  ADD COLUMN retention_days integer NOT NULL DEFAULT 14,
  ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',
  ADD CONSTRAINT environments_retention_days_check CHECK (retention_days BETWEEN 1 AND 400),
  ADD CONSTRAINT environments_settings_check CHECK (jsonb_typeof(settings) = 'object');

CREATE INDEX environments_settings_idx
  ON core.environments USING gin (settings jsonb_path_ops);

COMMENT ON COLUMN core.environments.retention_days IS
  'Days that telemetry is kept; the plan limits it, this column only bounds it.';
COMMENT ON COLUMN core.environments.settings IS 'Ingest options by name, such as sampling and redaction.';
