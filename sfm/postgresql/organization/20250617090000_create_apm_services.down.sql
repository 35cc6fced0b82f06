DROP TABLE apm_services;

DROP TYPE apm_service_kind;
