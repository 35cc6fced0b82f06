-- bfm: schema=ddl_history

CREATE DOMAIN postal_code AS text COLLATE "C"
  CONSTRAINT postal_code_length CHECK (char_length(VALUE) BETWEEN 3 AND 10);

CREATE DOMAIN percentage AS numeric(5, 2) DEFAULT 0 NOT NULL;

ALTER DOMAIN postal_code ADD CONSTRAINT postal_code_letters CHECK (VALUE ~ '^[A-Z0-9 -]+$') NOT VALID;

ALTER DOMAIN postal_code VALIDATE CONSTRAINT postal_code_letters;

ALTER DOMAIN postal_code RENAME CONSTRAINT postal_code_letters TO postal_code_characters;

ALTER DOMAIN postal_code DROP CONSTRAINT postal_code_length;

ALTER DOMAIN postal_code SET DEFAULT '000';

ALTER DOMAIN postal_code SET NOT NULL;

ALTER DOMAIN percentage DROP DEFAULT;

ALTER DOMAIN percentage DROP NOT NULL;

ALTER DOMAIN percentage RENAME TO share;

ALTER DOMAIN share OWNER TO ddl_cluster_owner;

ALTER DOMAIN share SET SCHEMA ddl_history_archive;

COMMENT ON DOMAIN postal_code IS 'Letters and digits of the country it is in.';

COMMENT ON CONSTRAINT postal_code_characters ON DOMAIN postal_code IS 'Those that can be typed.';

GRANT USAGE ON DOMAIN postal_code TO ddl_cluster_reader;
