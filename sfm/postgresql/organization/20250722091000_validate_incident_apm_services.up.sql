-- bfm: depends-on=organization/link_incidents_to_apm_services
-- bfm: tags=tier=standard, team=alerting

ALTER TABLE incidents
  VALIDATE CONSTRAINT incidents_apm_service_id_fkey;
