-- bfm: schema=ddl_history

CREATE ROLE ddl_cluster_owner NOLOGIN VALID UNTIL '2040-01-01 00:00:00+00';

-- Logs in from the server itself, for the foreign tables; see create_loopback_server.
CREATE USER ddl_cluster_reader PASSWORD 'known to everybody' CONNECTION LIMIT 10;

CREATE GROUP ddl_cluster_team ROLE ddl_cluster_reader;

GRANT ddl_cluster_team TO ddl_cluster_owner WITH ADMIN OPTION;

COMMENT ON ROLE ddl_cluster_owner IS 'Owns what others use.';
