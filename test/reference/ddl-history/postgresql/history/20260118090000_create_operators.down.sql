-- Made along with the class, and left in its first schema when that moved.
DROP OPERATOR FAMILY label_class USING hash CASCADE;

DROP OPERATOR CLASS length_class USING btree;

DROP OPERATOR FAMILY ddl_history_archive.dates_by_month USING btree;

DROP OPERATOR FAMILY by_length USING btree;

DROP OPERATOR ddl_history_archive.!# (NONE, text);

DROP OPERATOR <# (text, text), =# (text, text);

DROP FUNCTION shorter(text, text);

DROP FUNCTION compare_length(text, text);

DROP FUNCTION same_length(text, text);
