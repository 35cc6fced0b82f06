DROP TABLE apm_endpoints;
