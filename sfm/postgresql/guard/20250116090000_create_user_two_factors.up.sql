-- bfm: schema=guard
-- bfm: depends-on=guard/create_users
-- bfm: tags=tier=critical, team=identity

CREATE TABLE guard.user_two_factors (
  two_factor_id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  method text NOT NULL,
  label text NOT NULL DEFAULT '',
  secret_ciphertext bytea,
  secret_key_id text,
  public_key bytea,
  confirmed_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_two_factors_pkey PRIMARY KEY (two_factor_id),
  CONSTRAINT user_two_factors_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES guard.users (user_id) ON DELETE CASCADE,
  CONSTRAINT user_two_factors_method_check CHECK (method IN ('totp', 'webauthn')),
  CONSTRAINT user_two_factors_material_check CHECK (
    CASE method
      WHEN 'totp' THEN secret_ciphertext IS NOT NULL AND secret_key_id IS NOT NULL AND public_key IS NULL
      WHEN 'webauthn' THEN secret_ciphertext IS NULL AND secret_key_id IS NULL AND public_key IS NOT NULL
    END
  )
);

CREATE UNIQUE INDEX user_two_factors_one_totp_key
  ON guard.user_two_factors (user_id)
  WHERE method = 'totp' AND confirmed_at IS NOT NULL;

CREATE INDEX user_two_factors_user_id_idx
  ON guard.user_two_factors (user_id, method);

CREATE TRIGGER user_two_factors_set_updated_at
  BEFORE UPDATE ON guard.user_two_factors
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE guard.user_two_factors IS 'Second factors that users have registered.';
COMMENT ON COLUMN guard.user_two_factors.secret_ciphertext IS
  'Envelope-encrypted TOTP secret; the clear text is never stored.';
COMMENT ON COLUMN guard.user_two_factors.secret_key_id IS 'Key in the key service that opens the envelope.';
COMMENT ON COLUMN guard.user_two_factors.public_key IS 'Public key of a WebAuthn authenticator.';
COMMENT ON COLUMN guard.user_two_factors.confirmed_at IS
  'When the first code or assertion was accepted; before that the factor does not count.';
