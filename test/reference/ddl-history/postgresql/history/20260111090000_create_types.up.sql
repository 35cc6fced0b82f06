-- bfm: schema=ddl_history

CREATE TYPE address AS (street text, city text COLLATE "C");

CREATE TYPE mood AS ENUM ('low', 'fair');

CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = spans);

-- A base type takes functions of its own; those of text do, and no C has to be written.
CREATE TYPE label;

CREATE FUNCTION label_in(cstring) RETURNS label LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';

CREATE FUNCTION label_out(label) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';

CREATE TYPE label (INPUT = label_in, OUTPUT = label_out, LIKE = text, CATEGORY = 'S');

-- Announced, and never made.
CREATE TYPE announced;

COMMENT ON TYPE address IS 'Where a letter goes.';
