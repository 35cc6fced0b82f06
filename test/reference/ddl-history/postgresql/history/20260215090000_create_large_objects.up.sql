-- bfm: schema=ddl_history

SELECT lo_create(4200042);

ALTER LARGE OBJECT 4200042 OWNER TO ddl_cluster_owner;

GRANT SELECT ON LARGE OBJECT 4200042 TO ddl_cluster_reader;

COMMENT ON LARGE OBJECT 4200042 IS 'The logo.';
