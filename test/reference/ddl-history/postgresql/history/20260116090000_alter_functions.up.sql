-- bfm: schema=ddl_history

ALTER FUNCTION add_tax(numeric, numeric) STRICT PARALLEL SAFE COST 5 LEAKPROOF;

ALTER FUNCTION add_tax(numeric, numeric) RENAME TO with_tax;

ALTER FUNCTION words_of(text[]) SET work_mem = '1MB';

ALTER FUNCTION words_of(text[]) OWNER TO ddl_cluster_owner;

ALTER FUNCTION words_of(text[]) SET SCHEMA ddl_history_archive;

ALTER PROCEDURE count_up(integer) SECURITY DEFINER;

ALTER PROCEDURE count_up(integer) RENAME TO increment;

ALTER PROCEDURE nothing() DEPENDS ON EXTENSION hstore;

ALTER PROCEDURE nothing() OWNER TO ddl_cluster_owner;

ALTER PROCEDURE nothing() SET SCHEMA ddl_history_archive;

ALTER ROUTINE pairs(integer) RESET ALL;

ALTER ROUTINE pairs(integer) RENAME TO doubles;

ALTER ROUTINE doubles(integer) OWNER TO ddl_cluster_owner;

ALTER ROUTINE doubles(integer) SET SCHEMA ddl_history_archive;

ALTER ROUTINE ddl_history_archive.doubles(integer) DEPENDS ON EXTENSION hstore;

-- There is no other statement that makes or breaks this tie.
ALTER FUNCTION with_tax(numeric, numeric) DEPENDS ON EXTENSION hstore;

GRANT EXECUTE ON FUNCTION with_tax(numeric, numeric) TO ddl_cluster_reader;

REVOKE ALL ON PROCEDURE increment(integer) FROM PUBLIC;

GRANT EXECUTE ON ROUTINE ddl_history_archive.doubles(integer) TO ddl_cluster_crew WITH GRANT OPTION;
