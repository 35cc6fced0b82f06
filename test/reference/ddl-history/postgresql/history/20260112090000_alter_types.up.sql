-- bfm: schema=ddl_history

ALTER TYPE address ADD ATTRIBUTE country text, ALTER ATTRIBUTE street SET DATA TYPE varchar(200);

ALTER TYPE address RENAME ATTRIBUTE city TO town;

ALTER TYPE address OWNER TO ddl_cluster_owner;

ALTER TYPE mood ADD VALUE 'high' AFTER 'fair';

ALTER TYPE mood RENAME VALUE 'fair' TO 'so-so';

ALTER TYPE span RENAME TO extent;

ALTER TYPE extent SET SCHEMA ddl_history_archive;

ALTER TYPE label SET (STORAGE = external);

GRANT USAGE ON TYPE mood TO ddl_cluster_reader;

REVOKE USAGE ON TYPE mood FROM PUBLIC;
