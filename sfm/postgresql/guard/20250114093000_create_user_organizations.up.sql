-- bfm: schema=guard
-- bfm: depends-on=guard/create_users, core/create_organizations
-- bfm: tags=tier=critical, team=identity

CREATE TABLE guard.user_organizations (
  user_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  role text NOT NULL DEFAULT 'member',
  invited_by uuid,
  joined_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_organizations_pkey PRIMARY KEY (user_id, organization_id),
  CONSTRAINT user_organizations_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES guard.users (user_id) ON DELETE CASCADE,
  CONSTRAINT user_organizations_organization_id_fkey
    FOREIGN KEY (organization_id) REFERENCES core.organizations (organization_id) ON DELETE CASCADE,
  CONSTRAINT user_organizations_invited_by_fkey
    FOREIGN KEY (invited_by) REFERENCES guard.users (user_id) ON DELETE SET NULL,
  CONSTRAINT user_organizations_role_check CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'billing')),
  CONSTRAINT user_organizations_invited_by_check CHECK (invited_by <> user_id)
);

CREATE INDEX user_organizations_organization_id_role_idx
  ON guard.user_organizations (organization_id, role);

CREATE INDEX user_organizations_invited_by_idx
  ON guard.user_organizations (invited_by)
  WHERE invited_by IS NOT NULL;

CREATE TRIGGER user_organizations_set_updated_at
  BEFORE UPDATE ON guard.user_organizations
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE guard.user_organizations IS 'Membership of users in organizations.';
COMMENT ON COLUMN guard.user_organizations.role IS 'What the member may do in this organization.';
COMMENT ON COLUMN guard.user_organizations.invited_by IS
  'Member who sent the invitation; null for the founder.';
