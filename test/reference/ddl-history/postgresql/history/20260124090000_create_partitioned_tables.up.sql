-- bfm: schema=ddl_history

CREATE TABLE measurements (
  taken_on date NOT NULL,
  sensor integer NOT NULL,
  reading double precision,
  PRIMARY KEY (taken_on, sensor)
) PARTITION BY RANGE (taken_on);

CREATE TABLE measurements_2025 PARTITION OF measurements FOR VALUES FROM (MINVALUE) TO ('2026-01-01');

CREATE TABLE measurements_2026 PARTITION OF measurements (reading NOT NULL)
  FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
  PARTITION BY LIST (sensor);

CREATE TABLE measurements_2026_cellar PARTITION OF measurements_2026 FOR VALUES IN (1, 2);

CREATE TABLE measurements_2026_rest PARTITION OF measurements_2026 DEFAULT;

CREATE TABLE visits (visitor text, page text) PARTITION BY HASH (visitor, lower(page));

CREATE TABLE visits_even PARTITION OF visits FOR VALUES WITH (MODULUS 2, REMAINDER 0);

CREATE TABLE visits_odd (visitor text, page text);

ALTER TABLE visits ATTACH PARTITION visits_odd FOR VALUES WITH (MODULUS 2, REMAINDER 1);

CREATE INDEX measurements_reading_idx ON ONLY measurements (reading);

CREATE INDEX measurements_2025_reading_idx ON measurements_2025 (reading);

CREATE INDEX measurements_2026_reading_idx ON measurements_2026 (reading);

ALTER INDEX measurements_reading_idx ATTACH PARTITION measurements_2025_reading_idx;

ALTER INDEX measurements_reading_idx ATTACH PARTITION measurements_2026_reading_idx;
