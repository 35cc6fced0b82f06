-- bfm: schema=ddl_history

CREATE TRUSTED PROCEDURAL LANGUAGE plhistory
  HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;

ALTER LANGUAGE plhistory RENAME TO pldiary;

ALTER LANGUAGE pldiary OWNER TO ddl_cluster_owner;

COMMENT ON LANGUAGE pldiary IS 'PL/pgSQL by another name.';

GRANT USAGE ON LANGUAGE pldiary TO ddl_cluster_reader;

CREATE FUNCTION in_diary() RETURNS integer LANGUAGE pldiary AS 'BEGIN RETURN 1; END';

DO LANGUAGE pldiary $$ BEGIN PERFORM in_diary(); END $$;

CREATE ACCESS METHOD piles TYPE TABLE HANDLER heap_tableam_handler;

CREATE ACCESS METHOD trees TYPE INDEX HANDLER bthandler;

COMMENT ON ACCESS METHOD piles IS 'Heaps by another name.';

CREATE TABLE piled (n integer) USING piles;

ALTER TABLE large_orders SET ACCESS METHOD piles;

CREATE FUNCTION label_receive(internal) RETURNS label LANGUAGE internal STABLE STRICT AS 'textrecv';

-- The functions are those of other types: nothing calls them before somebody writes a function with the transform.
CREATE TRANSFORM FOR label LANGUAGE pldiary (
  FROM SQL WITH FUNCTION prsd_lextype(internal),
  TO SQL WITH FUNCTION label_receive(internal)
);

COMMENT ON TRANSFORM FOR label LANGUAGE pldiary IS 'Never used.';
