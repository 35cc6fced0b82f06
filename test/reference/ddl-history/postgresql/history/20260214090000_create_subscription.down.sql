-- DROP SUBSCRIPTION forgets the comment in the catalog (PostgreSQL 15 to 18), so that goes first.
COMMENT ON SUBSCRIPTION ddl_history_intake IS NULL;

DROP SUBSCRIPTION ddl_history_intake;
