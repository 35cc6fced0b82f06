ALTER TYPE label SET (STORAGE = extended);

ALTER TYPE ddl_history_archive.extent SET SCHEMA ddl_history;

ALTER TYPE extent RENAME TO span;

DROP TYPE mood;

CREATE TYPE mood AS ENUM ('low', 'fair');

ALTER TYPE address OWNER TO CURRENT_USER;

ALTER TYPE address RENAME ATTRIBUTE town TO city;

ALTER TYPE address DROP ATTRIBUTE country, ALTER ATTRIBUTE street SET DATA TYPE text;
