DROP TRANSFORM FOR label LANGUAGE pldiary;

DROP FUNCTION label_receive(internal);

ALTER TABLE large_orders SET ACCESS METHOD heap;

DROP TABLE piled;

DROP ACCESS METHOD trees;

DROP ACCESS METHOD piles;

DROP FUNCTION in_diary();

DROP LANGUAGE pldiary;
