-- bfm: schema=guard
-- bfm: depends-on=guard/create_users, core/create_organizations, core/create_environments
-- bfm: tags=tier=critical, team=integrations

CREATE TABLE guard.cloud_credentials (
  credential_id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  environment_id uuid,
  name text NOT NULL,
  cloud_provider text NOT NULL,
  secret_ciphertext bytea NOT NULL,
  secret_key_id text NOT NULL,
  created_by uuid,
  rotated_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT cloud_credentials_pkey PRIMARY KEY (credential_id),
  CONSTRAINT cloud_credentials_credential_id_organization_id_key UNIQUE (credential_id, organization_id),
  CONSTRAINT cloud_credentials_organization_id_fkey
    FOREIGN KEY (organization_id) REFERENCES core.organizations (organization_id),
  CONSTRAINT cloud_credentials_environment_fkey
    FOREIGN KEY (environment_id, organization_id) REFERENCES core.environments (environment_id, organization_id),
  CONSTRAINT cloud_credentials_created_by_fkey
    FOREIGN KEY (created_by) REFERENCES guard.users (user_id) ON DELETE SET NULL,
  CONSTRAINT cloud_credentials_name_check CHECK (char_length(btrim(name)) BETWEEN 1 AND 100),
  CONSTRAINT cloud_credentials_cloud_provider_check CHECK (cloud_provider IN ('aws', 'azure', 'gcp')),
  CONSTRAINT cloud_credentials_secret_ciphertext_check CHECK (octet_length(secret_ciphertext) BETWEEN 32 AND 65536),
  CONSTRAINT cloud_credentials_secret_key_id_check CHECK (char_length(secret_key_id) BETWEEN 1 AND 512)
);

CREATE UNIQUE INDEX cloud_credentials_name_key
  ON guard.cloud_credentials (organization_id, lower(name))
  WHERE revoked_at IS NULL;

CREATE INDEX cloud_credentials_environment_id_idx
  ON guard.cloud_credentials (environment_id)
  WHERE environment_id IS NOT NULL;

CREATE INDEX cloud_credentials_secret_key_id_idx
  ON guard.cloud_credentials (secret_key_id);

CREATE INDEX cloud_credentials_created_by_idx
  ON guard.cloud_credentials (created_by);

CREATE TRIGGER cloud_credentials_set_updated_at
  BEFORE UPDATE ON guard.cloud_credentials
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE guard.cloud_credentials IS
  'Access to the cloud accounts of customers; a revoked row stays for the audit log.';
COMMENT ON COLUMN guard.cloud_credentials.secret_ciphertext IS
  'Envelope: nonce, wrapped data key and encrypted secret. Nothing in this database can open it.';
COMMENT ON COLUMN guard.cloud_credentials.secret_key_id IS
  'Key in the key service that wraps the data key; looked up when that key is rotated.';
