-- bfm: schema=ddl_history

INSERT INTO parcels (weight) VALUES (1), (2), (3);

UPDATE parcels SET weight = weight + 1 WHERE weight > 2;

MERGE INTO parcels USING (VALUES (1), (9)) AS wanted (weight) ON parcels.weight = wanted.weight
WHEN MATCHED THEN UPDATE SET weight = 5
WHEN NOT MATCHED THEN INSERT (weight) VALUES (wanted.weight);

DELETE FROM parcels WHERE weight = 9;

COPY parcels (weight) TO PROGRAM 'cat > /dev/null';

COPY parcels (weight) FROM PROGRAM 'echo 7' WITH (FORMAT csv);

LOCK TABLE parcels IN SHARE ROW EXCLUSIVE MODE;

SELECT 1 / (count(*) = 4)::integer AS four_rows FROM parcels;

VALUES (1), (2);

TABLE parcels;

EXPLAIN SELECT FROM parcels;

TRUNCATE TABLE parcels, fragile_parcels RESTART IDENTITY CASCADE;
