-- bfm: depends-on=organization/create_apm_services
-- bfm: tags=tier=standard, team=apm

ALTER TYPE apm_service_kind ADD VALUE 'serverless' AFTER 'worker';
