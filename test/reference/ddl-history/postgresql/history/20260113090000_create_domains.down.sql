DROP DOMAIN ddl_history_archive.share;

DROP DOMAIN postal_code;
