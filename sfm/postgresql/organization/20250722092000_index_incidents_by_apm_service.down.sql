-- bfm: transaction=none

DROP INDEX CONCURRENTLY incidents_apm_service_id_opened_at_idx;
