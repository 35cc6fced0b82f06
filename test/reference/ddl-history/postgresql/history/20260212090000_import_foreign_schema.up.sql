-- bfm: schema=ddl_history

CREATE EXTENSION postgres_fdw SCHEMA ddl_history_archive;

CREATE SERVER loopback FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1');

-- The server knows where it listens and what this database is called; a file cannot.
DO $$
BEGIN
  EXECUTE format(
    'ALTER SERVER loopback OPTIONS (ADD port %L, ADD dbname %L)', inet_server_port(), current_database()
  );
END;
$$;

CREATE USER MAPPING FOR CURRENT_USER SERVER loopback
  OPTIONS (user 'ddl_cluster_reader', password 'known to everybody');

IMPORT FOREIGN SCHEMA information_schema LIMIT TO (sql_features, sql_sizing) FROM SERVER loopback INTO ddl_history;
