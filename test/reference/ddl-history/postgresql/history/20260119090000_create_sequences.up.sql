-- bfm: schema=ddl_history

CREATE SEQUENCE ticket_number AS integer START 1000 INCREMENT BY 5 MINVALUE 1000 MAXVALUE 99995 CACHE 20 CYCLE;

CREATE UNLOGGED SEQUENCE scratch_number;

CREATE SEQUENCE invoice_number;

ALTER SEQUENCE ticket_number INCREMENT BY 10 NO CYCLE;

ALTER SEQUENCE ticket_number RESTART WITH 2000;

ALTER SEQUENCE ticket_number RENAME TO ticket_numbers;

ALTER SEQUENCE ticket_numbers OWNER TO ddl_cluster_owner;

ALTER SEQUENCE scratch_number SET LOGGED;

ALTER SEQUENCE invoice_number SET UNLOGGED;

ALTER SEQUENCE scratch_number SET SCHEMA ddl_history_archive;

COMMENT ON SEQUENCE ticket_numbers IS 'Counted by machines that must not meet.';

GRANT USAGE, SELECT ON SEQUENCE ticket_numbers TO ddl_cluster_reader;

SELECT setval('invoice_number', 7);
