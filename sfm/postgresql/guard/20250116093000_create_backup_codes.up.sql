-- bfm: schema=guard
-- bfm: depends-on=guard/create_users
-- bfm: tags=tier=critical, team=identity

CREATE TABLE guard.backup_codes (
  backup_code_id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  code_hash text NOT NULL,
  used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT backup_codes_pkey PRIMARY KEY (backup_code_id),
  CONSTRAINT backup_codes_user_id_code_hash_key UNIQUE (user_id, code_hash),
  CONSTRAINT backup_codes_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES guard.users (user_id) ON DELETE CASCADE,
  CONSTRAINT backup_codes_code_hash_check CHECK (code_hash LIKE '$argon2id$%'),
  CONSTRAINT backup_codes_used_at_check CHECK (used_at >= created_at)
);

CREATE INDEX backup_codes_unused_idx
  ON guard.backup_codes (user_id)
  WHERE used_at IS NULL;

COMMENT ON TABLE guard.backup_codes IS 'Single-use codes for users who have lost their second factor.';
COMMENT ON COLUMN guard.backup_codes.code_hash IS
  'Argon2id hash; the codes are short, so a fast hash would not protect them.';
COMMENT ON COLUMN guard.backup_codes.used_at IS 'Set once; a used code is never accepted again.';
