-- bfm: schema=ddl_history

CREATE TEXT SEARCH TEMPLATE plain (INIT = dsimple_init, LEXIZE = dsimple_lexize);

CREATE TEXT SEARCH PARSER words (
  START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline
);

CREATE TEXT SEARCH DICTIONARY short_words (TEMPLATE = plain, STOPWORDS = english, ACCEPT = false);

CREATE TEXT SEARCH CONFIGURATION letters (PARSER = words);

CREATE TEXT SEARCH CONFIGURATION letters_copy (COPY = pg_catalog.english);

ALTER TEXT SEARCH TEMPLATE plain RENAME TO simplest;

ALTER TEXT SEARCH TEMPLATE simplest SET SCHEMA ddl_history_archive;

ALTER TEXT SEARCH PARSER words RENAME TO splitter;

ALTER TEXT SEARCH PARSER splitter SET SCHEMA ddl_history_archive;

ALTER TEXT SEARCH DICTIONARY short_words (StopWords, Accept = true);

ALTER TEXT SEARCH DICTIONARY short_words OWNER TO ddl_cluster_owner;

CREATE TEXT SEARCH DICTIONARY long_words (TEMPLATE = pg_catalog.simple);

ALTER TEXT SEARCH DICTIONARY long_words RENAME TO longest_words;

ALTER TEXT SEARCH DICTIONARY longest_words SET SCHEMA ddl_history_archive;

ALTER TEXT SEARCH CONFIGURATION letters ADD MAPPING FOR asciiword, word WITH short_words, pg_catalog.simple;

ALTER TEXT SEARCH CONFIGURATION letters ALTER MAPPING REPLACE pg_catalog.simple WITH pg_catalog.english_stem;

ALTER TEXT SEARCH CONFIGURATION letters_copy DROP MAPPING FOR url, url_path;

ALTER TEXT SEARCH CONFIGURATION letters_copy ALTER MAPPING FOR email WITH pg_catalog.english_stem;

ALTER TEXT SEARCH CONFIGURATION letters_copy
  ALTER MAPPING FOR word, hword REPLACE pg_catalog.english_stem WITH pg_catalog.simple;

ALTER TEXT SEARCH CONFIGURATION letters_copy RENAME TO copied_letters;

ALTER TEXT SEARCH CONFIGURATION copied_letters OWNER TO ddl_cluster_owner;

ALTER TEXT SEARCH CONFIGURATION copied_letters SET SCHEMA ddl_history_archive;

COMMENT ON TEXT SEARCH CONFIGURATION letters IS 'For letters.';

COMMENT ON TEXT SEARCH DICTIONARY short_words IS 'Leaves nothing out.';

COMMENT ON TEXT SEARCH PARSER ddl_history_archive.splitter IS 'As the default one.';

COMMENT ON TEXT SEARCH TEMPLATE ddl_history_archive.simplest IS 'As the simple one.';
