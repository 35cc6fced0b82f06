DROP TABLE guard.api_keys;
