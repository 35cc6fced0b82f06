-- bfm: schema=ddl_history

CREATE FUNCTION same_length(text, text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT
RETURN length($1) = length($2);

CREATE FUNCTION compare_length(text, text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT
RETURN length($1) - length($2);

CREATE FUNCTION shorter(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT RETURN length($1) < length($2);

CREATE OPERATOR =# (FUNCTION = same_length, LEFTARG = text, RIGHTARG = text, COMMUTATOR = =#, RESTRICT = eqsel);

CREATE OPERATOR <# (PROCEDURE = shorter, LEFTARG = text, RIGHTARG = text);

CREATE OPERATOR !# (FUNCTION = textlen, RIGHTARG = text);

ALTER OPERATOR =# (text, text) SET (RESTRICT = NONE, JOIN = eqjoinsel);

ALTER OPERATOR !# (NONE, text) OWNER TO ddl_cluster_owner;

ALTER OPERATOR !# (NONE, text) SET SCHEMA ddl_history_archive;

COMMENT ON OPERATOR =# (text, text) IS 'Equally long.';

CREATE OPERATOR FAMILY length_family USING btree;

CREATE OPERATOR FAMILY dates_by_month USING btree;

ALTER OPERATOR FAMILY dates_by_month USING btree SET SCHEMA ddl_history_archive;

CREATE OPERATOR CLASS length_class FOR TYPE text USING btree FAMILY length_family AS
  OPERATOR 1 <# (text, text),
  OPERATOR 3 =# (text, text),
  FUNCTION 1 compare_length(text, text);

CREATE OPERATOR CLASS label_class DEFAULT FOR TYPE label USING hash AS
  OPERATOR 1 = (text, text),
  FUNCTION 1 hashtext(text);

ALTER OPERATOR FAMILY length_family USING btree ADD
  OPERATOR 5 >(integer, bigint),
  FUNCTION 1 (integer, bigint) btint48cmp(integer, bigint);

ALTER OPERATOR FAMILY length_family USING btree DROP
  OPERATOR 5 (integer, bigint),
  FUNCTION 1 (integer, bigint);

ALTER OPERATOR FAMILY length_family USING btree RENAME TO by_length;

ALTER OPERATOR FAMILY by_length USING btree OWNER TO ddl_cluster_owner;

ALTER OPERATOR CLASS label_class USING hash RENAME TO by_label;

ALTER OPERATOR CLASS by_label USING hash OWNER TO ddl_cluster_owner;

ALTER OPERATOR CLASS by_label USING hash SET SCHEMA ddl_history_archive;

COMMENT ON OPERATOR FAMILY by_length USING btree IS 'Short before long.';

COMMENT ON OPERATOR CLASS length_class USING btree IS 'Short texts before long ones.';
