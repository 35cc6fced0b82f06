-- bfm: schema=ddl_history

CREATE SCHEMA ddl_history_store AUTHORIZATION ddl_cluster_owner
  CREATE TABLE boxes (box_id integer PRIMARY KEY)
  CREATE VIEW full_boxes AS SELECT box_id FROM boxes;

ALTER SCHEMA ddl_history_store RENAME TO ddl_history_archive;

ALTER SCHEMA ddl_history_archive OWNER TO CURRENT_USER;

COMMENT ON SCHEMA ddl_history_archive IS 'What is no longer needed every day.';

GRANT USAGE ON SCHEMA ddl_history_archive TO ddl_cluster_reader;
