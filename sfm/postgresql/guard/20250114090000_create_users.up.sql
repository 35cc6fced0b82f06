-- bfm: schema=guard
-- bfm: depends-on=core/create_set_updated_at_function
-- bfm: tags=tier=critical, team=identity

CREATE TABLE guard.users (
  user_id uuid NOT NULL DEFAULT gen_random_uuid(),
  email text NOT NULL,
  display_name text NOT NULL DEFAULT '',
  password_hash text,
  locale text NOT NULL DEFAULT 'en',
  email_verified_at timestamptz,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_pkey PRIMARY KEY (user_id),
  CONSTRAINT users_email_check CHECK (position('@' IN email) > 1 AND char_length(email) <= 320),
  CONSTRAINT users_password_hash_check CHECK (password_hash LIKE '$argon2id$%'),
  CONSTRAINT users_locale_check CHECK (locale ~ '^[a-z]{2}(-[A-Z]{2})?$')
);

CREATE UNIQUE INDEX users_email_key
  ON guard.users (lower(email));

CREATE INDEX users_unverified_idx
  ON guard.users (created_at)
  WHERE email_verified_at IS NULL AND disabled_at IS NULL;

CREATE TRIGGER users_set_updated_at
  BEFORE UPDATE ON guard.users
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE guard.users IS 'People who sign in.';
COMMENT ON COLUMN guard.users.email IS 'As typed by the user; unique without regard to case.';
COMMENT ON COLUMN guard.users.password_hash IS
  'Argon2id in its encoded form; null for those who sign in through an identity provider.';
COMMENT ON COLUMN guard.users.disabled_at IS
  'Set to keep the user out while the records that name them stay.';
