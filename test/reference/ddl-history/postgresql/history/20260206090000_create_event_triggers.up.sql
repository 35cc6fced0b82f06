-- bfm: schema=ddl_history

CREATE FUNCTION watch_comments() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;

CREATE EVENT TRIGGER ddl_history_watch ON ddl_command_end
  WHEN TAG IN ('COMMENT', 'SECURITY LABEL')
  EXECUTE FUNCTION watch_comments();

CREATE EVENT TRIGGER ddl_history_rewrite ON table_rewrite EXECUTE FUNCTION watch_comments();

ALTER EVENT TRIGGER ddl_history_rewrite DISABLE;

ALTER EVENT TRIGGER ddl_history_watch ENABLE ALWAYS;

ALTER EVENT TRIGGER ddl_history_watch RENAME TO ddl_history_comments;

-- Its owner has to be a superuser.
ALTER EVENT TRIGGER ddl_history_comments OWNER TO CURRENT_USER;

COMMENT ON EVENT TRIGGER ddl_history_comments IS 'Sees this very statement.';
