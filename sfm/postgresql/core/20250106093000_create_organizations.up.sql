-- bfm: schema=core
-- bfm: depends-on=core/create_regions
-- bfm: tags=tier=critical, team=platform

CREATE TABLE core.organizations (
  organization_id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  slug text NOT NULL,
  home_region text,
  billing_email text,
  metadata jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT organizations_pkey PRIMARY KEY (organization_id),
  CONSTRAINT organizations_slug_key UNIQUE (slug),
  CONSTRAINT organizations_home_region_fkey FOREIGN KEY (home_region) REFERENCES core.regions (code),
  CONSTRAINT organizations_name_check CHECK (char_length(btrim(name)) BETWEEN 1 AND 200),
  CONSTRAINT organizations_slug_check CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  CONSTRAINT organizations_billing_email_check CHECK (position('@' IN billing_email) > 1),
  CONSTRAINT organizations_metadata_check CHECK (jsonb_typeof(metadata) = 'object')
);

CREATE INDEX organizations_home_region_idx
  ON core.organizations (home_region)
  WHERE home_region IS NOT NULL;

CREATE INDEX organizations_metadata_idx
  ON core.organizations USING gin (metadata jsonb_path_ops);

CREATE TRIGGER organizations_set_updated_at
  BEFORE UPDATE ON core.organizations
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE core.organizations IS 'Customers: the unit that signs a contract and owns environments.';
COMMENT ON COLUMN core.organizations.slug IS 'Name in URLs; unique over all organizations.';
COMMENT ON COLUMN core.organizations.home_region IS 'Region offered first when an environment is created.';
COMMENT ON COLUMN core.organizations.metadata IS
  'Free labels set by support and sales; never read by billing.';
