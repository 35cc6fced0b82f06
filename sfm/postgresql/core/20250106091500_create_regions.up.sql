-- bfm: schema=core
-- bfm: depends-on=core/create_set_updated_at_function
-- bfm: tags=tier=critical, team=platform

CREATE TABLE core.regions (
  code text NOT NULL,
  name text NOT NULL,
  country_code text NOT NULL,
  is_enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT regions_pkey PRIMARY KEY (code),
  CONSTRAINT regions_name_key UNIQUE (name),
  CONSTRAINT regions_code_check CHECK (code ~ '^[a-z]{2}-[a-z]+(-[0-9]+)?$'),
  CONSTRAINT regions_country_code_check CHECK (country_code ~ '^[A-Z]{2}$')
);

CREATE TRIGGER regions_set_updated_at
  BEFORE UPDATE ON core.regions
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE core.regions IS 'Places in which the product stores telemetry.';
COMMENT ON COLUMN core.regions.code IS 'Stable short name, used in hostnames and in environments.region.';
COMMENT ON COLUMN core.regions.country_code IS 'ISO 3166-1 alpha-2 country that holds the data.';
COMMENT ON COLUMN core.regions.is_enabled IS 'False keeps existing environments and refuses new ones.';
