DROP INDEX core.organizations_deleted_at_idx;

ALTER TABLE core.organizations
  DROP CONSTRAINT organizations_deletion_check,
  DROP COLUMN deletion_reason,
  DROP COLUMN deleted_at;
