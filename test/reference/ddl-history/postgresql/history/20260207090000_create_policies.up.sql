-- bfm: schema=ddl_history

CREATE POLICY customers_see_themselves ON customers AS PERMISSIVE FOR SELECT TO ddl_cluster_reader, ddl_cluster_crew
  USING (name = CURRENT_USER);

CREATE POLICY customers_stay_small ON customers AS RESTRICTIVE FOR INSERT
  WITH CHECK (length(name) < 100);

CREATE POLICY customers_everything ON customers TO ddl_cluster_owner USING (true) WITH CHECK (true);

ALTER POLICY customers_stay_small ON customers TO ddl_cluster_crew WITH CHECK (length(name) < 50);

ALTER POLICY customers_everything ON customers RENAME TO customers_all;

COMMENT ON POLICY customers_all ON customers IS 'The owner sees to it.';
