DROP SCHEMA ddl_history_archive CASCADE;
