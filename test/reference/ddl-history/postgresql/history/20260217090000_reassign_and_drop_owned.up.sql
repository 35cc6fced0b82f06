-- bfm: schema=ddl_history

CREATE ROLE ddl_cluster_leaver;

CREATE ROLE ddl_cluster_heir;

CREATE TABLE legacy (n integer);

ALTER TABLE legacy OWNER TO ddl_cluster_leaver;

GRANT SELECT ON parcels TO ddl_cluster_leaver;

CREATE TABLE desk (n integer);

REASSIGN OWNED BY ddl_cluster_leaver TO ddl_cluster_heir;

ALTER TABLE desk OWNER TO ddl_cluster_leaver;

-- Takes the desk and the right to see parcels, and leaves what the heir has.
DROP OWNED BY ddl_cluster_leaver;

DROP ROLE ddl_cluster_leaver;
