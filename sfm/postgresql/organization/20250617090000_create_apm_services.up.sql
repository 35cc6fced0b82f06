-- bfm: depends-on=core/create_environments, core/create_set_updated_at_function
-- bfm: tags=tier=standard, team=apm

CREATE TYPE apm_service_kind AS ENUM ('web', 'worker', 'database', 'external');

CREATE TABLE apm_services (
  apm_service_id uuid NOT NULL DEFAULT gen_random_uuid(),
  namespace text NOT NULL DEFAULT 'default',
  name text NOT NULL,
  qualified_name text NOT NULL GENERATED ALWAYS AS (namespace || '/' || name) STORED,
  kind apm_service_kind NOT NULL DEFAULT 'web',
  language text,
  owner_team text,
  repository_url text,
  labels jsonb NOT NULL DEFAULT '{}',
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT apm_services_pkey PRIMARY KEY (apm_service_id),
  CONSTRAINT apm_services_namespace_name_key UNIQUE (namespace, name),
  CONSTRAINT apm_services_namespace_check CHECK (namespace ~ '^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$'),
  CONSTRAINT apm_services_name_check CHECK (char_length(btrim(name)) BETWEEN 1 AND 200),
  CONSTRAINT apm_services_repository_url_check CHECK (repository_url ~ '^https://'),
  CONSTRAINT apm_services_labels_check CHECK (jsonb_typeof(labels) = 'object'),
  CONSTRAINT apm_services_seen_check CHECK (last_seen_at >= first_seen_at)
);

CREATE INDEX apm_services_kind_idx
  ON apm_services (kind, last_seen_at DESC)
  WHERE archived_at IS NULL;

CREATE INDEX apm_services_owner_team_idx
  ON apm_services (lower(owner_team))
  WHERE owner_team IS NOT NULL;

CREATE INDEX apm_services_labels_idx
  ON apm_services USING gin (labels jsonb_path_ops);

CREATE TRIGGER apm_services_set_updated_at
  BEFORE UPDATE ON apm_services
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TYPE apm_service_kind IS 'What a service is, as far as its spans tell.';
COMMENT ON TABLE apm_services IS 'Services found in traces; they appear by themselves and are archived by people.';
COMMENT ON COLUMN apm_services.namespace IS 'The service.namespace of its spans.';
COMMENT ON COLUMN apm_services.qualified_name IS 'What people see and search for.';
COMMENT ON COLUMN apm_services.last_seen_at IS 'Time of the latest span, to the minute.';
COMMENT ON COLUMN apm_services.archived_at IS 'Since then left out of lists; a new span takes it away.';
