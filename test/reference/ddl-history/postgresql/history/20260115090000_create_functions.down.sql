DROP PROCEDURE nothing;

DROP PROCEDURE count_up(integer);

DROP ROUTINE pairs(integer);

DROP FUNCTION words_of(text[]);

DROP FUNCTION add_tax(numeric, numeric);
