DROP FOREIGN TABLE sql_sizing, sql_features;

DROP USER MAPPING FOR CURRENT_USER SERVER loopback;

DROP SERVER loopback;

DROP EXTENSION postgres_fdw;
