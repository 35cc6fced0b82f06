UPDATE state_version SET version = '20261123030000';
ALTER TABLE run DROP COLUMN queued_at;
