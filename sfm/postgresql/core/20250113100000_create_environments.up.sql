-- bfm: schema=core
-- bfm: depends-on=core/create_organizations, core/create_regions
-- bfm: tags=tier=critical, team=platform

CREATE TYPE core.environment_status AS ENUM ('provisioning', 'active', 'suspended', 'archived');

CREATE TABLE core.environments (
  environment_id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  name text NOT NULL,
  slug text NOT NULL,
  schema_name text NOT NULL,
  region text NOT NULL,
  status core.environment_status NOT NULL DEFAULT 'provisioning',
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT environments_pkey PRIMARY KEY (environment_id),
  CONSTRAINT environments_environment_id_organization_id_key UNIQUE (environment_id, organization_id),
  CONSTRAINT environments_organization_id_slug_key UNIQUE (organization_id, slug),
  CONSTRAINT environments_schema_name_key UNIQUE (schema_name),
  CONSTRAINT environments_organization_id_fkey
    FOREIGN KEY (organization_id) REFERENCES core.organizations (organization_id),
  CONSTRAINT environments_region_fkey FOREIGN KEY (region) REFERENCES core.regions (code),
  CONSTRAINT environments_name_check CHECK (char_length(btrim(name)) BETWEEN 1 AND 100),
  CONSTRAINT environments_slug_check CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  CONSTRAINT environments_schema_name_check
    CHECK (schema_name ~ '^cli_[0-9a-f_]+$' AND octet_length(schema_name) <= 63)
);

CREATE INDEX environments_region_status_idx
  ON core.environments (region, status);

CREATE INDEX environments_provisioning_idx
  ON core.environments (created_at)
  WHERE status = 'provisioning';

CREATE TRIGGER environments_set_updated_at
  BEFORE UPDATE ON core.environments
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TYPE core.environment_status IS 'Life of an environment, from creation to archive.';
COMMENT ON TABLE core.environments IS
  'Separate spaces of an organization, such as production and staging; each has a schema of its own.';
COMMENT ON COLUMN core.environments.schema_name IS
  'Tenant schema in which the migrations of the organization connection run.';
COMMENT ON COLUMN core.environments.status IS 'Only active environments take in telemetry.';
COMMENT ON COLUMN core.environments.created_by IS
  'User who created it, kept as a plain id so that removed users do not matter.';
COMMENT ON CONSTRAINT environments_environment_id_organization_id_key ON core.environments IS
  'Lets other tables refer to an environment together with its owner, so that the two cannot disagree.';
