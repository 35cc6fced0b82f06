-- bfm: depends-on=organization/create_incidents, organization/create_apm_services
-- bfm: tags=tier=standard, team=alerting
-- bfm: lock-timeout=2s

ALTER TABLE incidents
  ADD COLUMN apm_service_id uuid;

-- NOT VALID takes the lock on both tables only briefly; the next migration checks the old rows under a weaker one.
ALTER TABLE incidents
  ADD CONSTRAINT incidents_apm_service_id_fkey
  FOREIGN KEY (apm_service_id) REFERENCES apm_services (apm_service_id) ON DELETE SET NULL NOT VALID;

COMMENT ON COLUMN incidents.apm_service_id IS 'Service that the condition was about; null when it was about several.';
