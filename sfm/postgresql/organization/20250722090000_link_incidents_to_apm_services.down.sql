ALTER TABLE incidents
  DROP CONSTRAINT incidents_apm_service_id_fkey,
  DROP COLUMN apm_service_id;
