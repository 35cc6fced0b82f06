DROP CONVERSION from_western;

DROP CONVERSION ddl_history_archive.western;

DROP COLLATION ddl_history_archive.portable;

DROP COLLATION bytewise;
