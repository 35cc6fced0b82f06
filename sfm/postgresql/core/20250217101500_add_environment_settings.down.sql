DROP INDEX core.environments_settings_idx;

ALTER TABLE core.environments
  DROP CONSTRAINT environments_settings_check,
  DROP CONSTRAINT environments_retention_days_check,
  DROP COLUMN settings,
  DROP COLUMN retention_days;
