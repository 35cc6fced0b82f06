DROP PUBLICATION ddl_history_everything;

DROP PUBLICATION ddl_history_some, ddl_history_archived, ddl_history_people;
