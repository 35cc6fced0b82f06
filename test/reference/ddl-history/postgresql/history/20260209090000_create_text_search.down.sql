DROP TEXT SEARCH CONFIGURATION ddl_history_archive.copied_letters;

DROP TEXT SEARCH CONFIGURATION letters;

DROP TEXT SEARCH DICTIONARY short_words, ddl_history_archive.longest_words;

DROP TEXT SEARCH PARSER ddl_history_archive.splitter;

DROP TEXT SEARCH TEMPLATE ddl_history_archive.simplest;
