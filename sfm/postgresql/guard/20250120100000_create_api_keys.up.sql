-- bfm: schema=guard
-- bfm: depends-on=guard/create_users, core/create_organizations, core/create_environments
-- bfm: tags=tier=critical, team=identity

CREATE TABLE guard.api_keys (
  api_key_id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  environment_id uuid,
  name text NOT NULL,
  key_prefix text NOT NULL,
  key_hash bytea NOT NULL,
  created_by uuid,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT api_keys_pkey PRIMARY KEY (api_key_id),
  CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash),
  CONSTRAINT api_keys_organization_id_fkey
    FOREIGN KEY (organization_id) REFERENCES core.organizations (organization_id) ON DELETE CASCADE,
  CONSTRAINT api_keys_environment_fkey
    FOREIGN KEY (environment_id, organization_id) REFERENCES core.environments (environment_id, organization_id),
  CONSTRAINT api_keys_created_by_fkey
    FOREIGN KEY (created_by) REFERENCES guard.users (user_id) ON DELETE SET NULL,
  CONSTRAINT api_keys_name_check CHECK (char_length(btrim(name)) BETWEEN 1 AND 100),
  CONSTRAINT api_keys_key_prefix_check CHECK (key_prefix ~ '^[a-z]{2,6}_[A-Za-z0-9]{6,12}$'),
  CONSTRAINT api_keys_key_hash_check CHECK (octet_length(key_hash) = 32),
  CONSTRAINT api_keys_expires_at_check CHECK (expires_at > created_at)
);

CREATE INDEX api_keys_usable_idx
  ON guard.api_keys (organization_id, key_prefix)
  WHERE revoked_at IS NULL;

CREATE INDEX api_keys_environment_id_idx
  ON guard.api_keys (environment_id)
  WHERE environment_id IS NOT NULL;

CREATE INDEX api_keys_created_by_idx
  ON guard.api_keys (created_by);

CREATE TRIGGER api_keys_set_updated_at
  BEFORE UPDATE ON guard.api_keys
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE guard.api_keys IS 'Keys with which programs send and read telemetry.';
COMMENT ON COLUMN guard.api_keys.environment_id IS
  'The only environment the key works in; null for all of the organization.';
COMMENT ON COLUMN guard.api_keys.key_prefix IS
  'First characters of the key, shown so that people can tell keys apart.';
COMMENT ON COLUMN guard.api_keys.key_hash IS
  'SHA-256 of the whole key; the key itself is shown once and not stored.';
