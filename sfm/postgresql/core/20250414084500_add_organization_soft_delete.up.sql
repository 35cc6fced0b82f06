-- bfm: schema=core
-- bfm: depends-on=core/create_organizations
-- bfm: tags=tier=critical, team=platform

ALTER TABLE core.organizations
  ADD COLUMN deleted_at timestamptz,
  ADD COLUMN deletion_reason text,
  ADD CONSTRAINT organizations_deletion_check CHECK (deletion_reason IS NULL OR deleted_at IS NOT NULL);

CREATE INDEX organizations_deleted_at_idx
  ON core.organizations (deleted_at)
  WHERE deleted_at IS NOT NULL;

COMMENT ON COLUMN core.organizations.deleted_at IS
  'When the customer left; the data is purged some time later.';
COMMENT ON COLUMN core.organizations.deletion_reason IS 'What the customer gave as the reason, if anything.';
