-- bfm: schema=guard
-- bfm: depends-on=guard/create_cloud_credentials, guard/create_users
-- bfm: tags=tier=critical, team=integrations

CREATE TABLE guard.credential_audit_logs (
  audit_log_id bigint GENERATED ALWAYS AS IDENTITY,
  credential_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  action text NOT NULL,
  actor_user_id uuid,
  actor_service text,
  request_id uuid,
  source_address inet,
  details jsonb NOT NULL DEFAULT '{}',
  occurred_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT credential_audit_logs_pkey PRIMARY KEY (audit_log_id),
  CONSTRAINT credential_audit_logs_credential_fkey
    FOREIGN KEY (credential_id, organization_id)
    REFERENCES guard.cloud_credentials (credential_id, organization_id),
  CONSTRAINT credential_audit_logs_actor_user_id_fkey
    FOREIGN KEY (actor_user_id) REFERENCES guard.users (user_id),
  CONSTRAINT credential_audit_logs_action_check
    CHECK (action IN ('created', 'read', 'rotated', 'renamed', 'revoked', 'denied')),
  CONSTRAINT credential_audit_logs_actor_check CHECK (num_nonnulls(actor_user_id, actor_service) = 1),
  CONSTRAINT credential_audit_logs_details_check CHECK (jsonb_typeof(details) = 'object')
);

CREATE INDEX credential_audit_logs_credential_id_idx
  ON guard.credential_audit_logs (credential_id, audit_log_id DESC);

CREATE INDEX credential_audit_logs_organization_id_occurred_at_idx
  ON guard.credential_audit_logs (organization_id, occurred_at DESC)
  INCLUDE (action);

CREATE INDEX credential_audit_logs_denied_idx
  ON guard.credential_audit_logs (occurred_at)
  WHERE action = 'denied';

COMMENT ON TABLE guard.credential_audit_logs IS 'Who did what with a cloud credential.';
COMMENT ON COLUMN guard.credential_audit_logs.actor_service IS
  'Name of the service that acted; set when no user did.';
COMMENT ON COLUMN guard.credential_audit_logs.details IS
  'Facts about the action; never secrets, neither clear nor encrypted.';
