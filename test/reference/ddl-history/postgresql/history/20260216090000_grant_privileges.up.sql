-- bfm: schema=ddl_history

GRANT SELECT, INSERT (name, email), UPDATE (email) ON customers TO ddl_cluster_reader;

GRANT ALL PRIVILEGES ON TABLE orders, parcels TO ddl_cluster_crew WITH GRANT OPTION;

GRANT SELECT ON ALL TABLES IN SCHEMA ddl_history_archive TO ddl_cluster_reader;

GRANT USAGE ON ALL SEQUENCES IN SCHEMA ddl_history_archive TO ddl_cluster_reader;

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ddl_history_archive TO ddl_cluster_reader;

GRANT EXECUTE ON ALL PROCEDURES IN SCHEMA ddl_history TO ddl_cluster_crew;

GRANT EXECUTE ON ALL ROUTINES IN SCHEMA ddl_history_archive TO ddl_cluster_reader;

GRANT CREATE, USAGE ON SCHEMA ddl_history TO ddl_cluster_owner;

GRANT pg_monitor TO ddl_cluster_crew GRANTED BY CURRENT_USER;

REVOKE INSERT (email) ON customers FROM ddl_cluster_reader;

REVOKE GRANT OPTION FOR DELETE ON orders FROM ddl_cluster_crew CASCADE;

ALTER DEFAULT PRIVILEGES FOR ROLE ddl_cluster_owner IN SCHEMA ddl_history
  GRANT SELECT ON TABLES TO ddl_cluster_reader;

ALTER DEFAULT PRIVILEGES FOR ROLE ddl_cluster_owner
  REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

ALTER DEFAULT PRIVILEGES FOR ROLE ddl_cluster_owner GRANT USAGE ON SEQUENCES TO ddl_cluster_crew;

ALTER DEFAULT PRIVILEGES FOR ROLE ddl_cluster_owner GRANT USAGE ON TYPES TO ddl_cluster_crew;

ALTER DEFAULT PRIVILEGES FOR ROLE ddl_cluster_owner GRANT ALL ON SCHEMAS TO ddl_cluster_crew;
