DROP INDEX guard.api_keys_scopes_idx;

ALTER TABLE guard.api_keys
  DROP CONSTRAINT api_keys_scopes_check,
  DROP COLUMN scopes;
