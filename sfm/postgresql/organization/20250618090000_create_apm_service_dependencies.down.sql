DROP FUNCTION apm_dependents_of(uuid, integer);

DROP TABLE apm_service_dependencies;
