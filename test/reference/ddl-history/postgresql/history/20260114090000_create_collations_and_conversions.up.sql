-- bfm: schema=ddl_history

CREATE COLLATION bytewise (LOCALE = 'C');

CREATE COLLATION copied FROM "POSIX";

ALTER COLLATION copied RENAME TO portable;

ALTER COLLATION portable OWNER TO ddl_cluster_owner;

ALTER COLLATION portable SET SCHEMA ddl_history_archive;

ALTER COLLATION bytewise REFRESH VERSION;

COMMENT ON COLLATION bytewise IS 'The same order everywhere.';

CREATE CONVERSION to_western FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;

CREATE DEFAULT CONVERSION from_western FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

ALTER CONVERSION to_western RENAME TO western;

ALTER CONVERSION western OWNER TO ddl_cluster_owner;

ALTER CONVERSION western SET SCHEMA ddl_history_archive;

COMMENT ON CONVERSION from_western IS 'For old files.';
