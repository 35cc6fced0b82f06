DROP SEQUENCE invoice_number, ddl_history_archive.scratch_number;

DROP SEQUENCE ticket_numbers;
