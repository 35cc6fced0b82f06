DROP EVENT TRIGGER ddl_history_rewrite;

DROP EVENT TRIGGER ddl_history_comments;

DROP FUNCTION watch_comments();
