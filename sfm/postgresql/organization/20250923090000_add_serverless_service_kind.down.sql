-- A value cannot be taken out of an enum, so the type is built anew; what is serverless counts as a worker from here on.
ALTER TABLE apm_services
  ALTER COLUMN kind DROP DEFAULT;

DROP INDEX apm_services_kind_idx;

ALTER TYPE apm_service_kind RENAME TO apm_service_kind_with_serverless;

CREATE TYPE apm_service_kind AS ENUM ('web', 'worker', 'database', 'external');

ALTER TABLE apm_services
  ALTER COLUMN kind TYPE apm_service_kind
  USING (CASE kind::text WHEN 'serverless' THEN 'worker' ELSE kind::text END)::apm_service_kind;

ALTER TABLE apm_services
  ALTER COLUMN kind SET DEFAULT 'web';

DROP TYPE apm_service_kind_with_serverless;

CREATE INDEX apm_services_kind_idx
  ON apm_services (kind, last_seen_at DESC)
  WHERE archived_at IS NULL;

COMMENT ON TYPE apm_service_kind IS 'What a service is, as far as its spans tell.';
