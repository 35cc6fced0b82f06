-- bfm: depends-on=core/create_environments, core/create_set_updated_at_function
-- bfm: tags=tier=standard, team=alerting

CREATE TABLE notification_channels (
  notification_channel_id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  kind text NOT NULL,
  config jsonb NOT NULL DEFAULT '{}',
  secret_ciphertext bytea,
  secret_key_id text,
  is_enabled boolean NOT NULL DEFAULT true,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT notification_channels_pkey PRIMARY KEY (notification_channel_id),
  CONSTRAINT notification_channels_name_key UNIQUE (name),
  CONSTRAINT notification_channels_name_check CHECK (char_length(btrim(name)) BETWEEN 1 AND 100),
  CONSTRAINT notification_channels_kind_check CHECK (kind IN ('email', 'chat', 'webhook', 'pager')),
  CONSTRAINT notification_channels_config_check CHECK (jsonb_typeof(config) = 'object'),
  CONSTRAINT notification_channels_secret_check CHECK (num_nonnulls(secret_ciphertext, secret_key_id) IN (0, 2))
);

CREATE INDEX notification_channels_kind_idx
  ON notification_channels (kind)
  WHERE is_enabled;

CREATE TRIGGER notification_channels_set_updated_at
  BEFORE UPDATE ON notification_channels
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE notification_channels IS 'Where the alerts of this environment are sent.';
COMMENT ON COLUMN notification_channels.config IS 'Addresses and options that are not secret.';
COMMENT ON COLUMN notification_channels.secret_ciphertext IS
  'Envelope-encrypted token of the receiving service, if it needs one.';
COMMENT ON COLUMN notification_channels.secret_key_id IS 'Key in the key service that opens the envelope.';
COMMENT ON COLUMN notification_channels.created_by IS 'User in guard.users, as a plain id.';
