DROP CAST (label AS text);

DROP CAST (address AS text);

DROP FUNCTION address_to_text(address);

DROP CAST (integer AS mood);

DROP AGGREGATE last_percentile(float8 ORDER BY float8);

DROP AGGREGATE ddl_history_archive.total(integer);

DROP AGGREGATE longest(text);

DROP FUNCTION keep_longest(text, text);
