REVOKE GRANT OPTION FOR EXECUTE ON ROUTINE ddl_history_archive.doubles(integer) FROM ddl_cluster_crew;

REVOKE EXECUTE ON ROUTINE ddl_history_archive.doubles(integer) FROM ddl_cluster_crew;

GRANT EXECUTE ON PROCEDURE increment(integer) TO PUBLIC;

REVOKE EXECUTE ON FUNCTION with_tax(numeric, numeric) FROM ddl_cluster_reader;

ALTER FUNCTION with_tax(numeric, numeric) NO DEPENDS ON EXTENSION hstore;

ALTER ROUTINE ddl_history_archive.doubles(integer) NO DEPENDS ON EXTENSION hstore;

ALTER ROUTINE ddl_history_archive.doubles(integer) SET SCHEMA ddl_history;

ALTER ROUTINE doubles(integer) OWNER TO CURRENT_USER;

ALTER ROUTINE doubles(integer) RENAME TO pairs;

ALTER PROCEDURE ddl_history_archive.nothing() SET SCHEMA ddl_history;

ALTER PROCEDURE nothing() OWNER TO CURRENT_USER;

ALTER PROCEDURE nothing() NO DEPENDS ON EXTENSION hstore;

ALTER PROCEDURE increment(integer) RENAME TO count_up;

ALTER PROCEDURE count_up(integer) SECURITY INVOKER;

ALTER FUNCTION ddl_history_archive.words_of(text[]) SET SCHEMA ddl_history;

ALTER FUNCTION words_of(text[]) OWNER TO CURRENT_USER;

ALTER FUNCTION words_of(text[]) RESET work_mem;

ALTER FUNCTION with_tax(numeric, numeric) RENAME TO add_tax;

ALTER FUNCTION add_tax(numeric, numeric) CALLED ON NULL INPUT PARALLEL UNSAFE COST 100 NOT LEAKPROOF;
