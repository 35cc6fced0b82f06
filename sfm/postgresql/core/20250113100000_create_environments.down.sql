DROP TABLE core.environments;

DROP TYPE core.environment_status;
