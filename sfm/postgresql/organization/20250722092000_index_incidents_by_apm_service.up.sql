-- bfm: depends-on=organization/link_incidents_to_apm_services
-- bfm: tags=tier=standard, team=alerting
-- bfm: transaction=none

-- Incidents open while this runs: an index built in a transaction would make every one of them wait.
CREATE INDEX CONCURRENTLY incidents_apm_service_id_opened_at_idx
  ON incidents (apm_service_id, opened_at DESC)
  WHERE apm_service_id IS NOT NULL;
