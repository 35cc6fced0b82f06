-- A constraint cannot be made unchecked again, so it is replaced by the one that stood before.
ALTER TABLE incidents
  DROP CONSTRAINT incidents_apm_service_id_fkey;

ALTER TABLE incidents
  ADD CONSTRAINT incidents_apm_service_id_fkey
  FOREIGN KEY (apm_service_id) REFERENCES apm_services (apm_service_id) ON DELETE SET NULL NOT VALID;
