DROP TABLE guard.cloud_credentials;
