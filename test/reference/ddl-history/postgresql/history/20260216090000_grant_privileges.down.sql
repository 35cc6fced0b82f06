ALTER DEFAULT PRIVILEGES FOR ROLE ddl_cluster_owner REVOKE ALL ON SCHEMAS FROM ddl_cluster_crew;

ALTER DEFAULT PRIVILEGES FOR ROLE ddl_cluster_owner REVOKE USAGE ON TYPES FROM ddl_cluster_crew;

ALTER DEFAULT PRIVILEGES FOR ROLE ddl_cluster_owner REVOKE USAGE ON SEQUENCES FROM ddl_cluster_crew;

ALTER DEFAULT PRIVILEGES FOR ROLE ddl_cluster_owner
  GRANT EXECUTE ON FUNCTIONS TO PUBLIC;

ALTER DEFAULT PRIVILEGES FOR ROLE ddl_cluster_owner IN SCHEMA ddl_history
  REVOKE SELECT ON TABLES FROM ddl_cluster_reader;

REVOKE pg_monitor FROM ddl_cluster_crew;

REVOKE CREATE, USAGE ON SCHEMA ddl_history FROM ddl_cluster_owner;

REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA ddl_history_archive FROM ddl_cluster_reader;

REVOKE EXECUTE ON ALL PROCEDURES IN SCHEMA ddl_history FROM ddl_cluster_crew;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ddl_history_archive FROM ddl_cluster_reader;

REVOKE USAGE ON ALL SEQUENCES IN SCHEMA ddl_history_archive FROM ddl_cluster_reader;

REVOKE SELECT ON ALL TABLES IN SCHEMA ddl_history_archive FROM ddl_cluster_reader;

REVOKE ALL PRIVILEGES ON TABLE orders, parcels FROM ddl_cluster_crew;

REVOKE SELECT, INSERT (name), UPDATE (email) ON customers FROM ddl_cluster_reader;
