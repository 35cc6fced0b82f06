-- bfm: depends-on=organization/create_slos, organization/create_month_partitions_function
-- bfm: tags=tier=standard, team=apm

CREATE TABLE slo_measurements (
  slo_id uuid NOT NULL,
  measured_on date NOT NULL,
  good_count bigint NOT NULL,
  total_count bigint NOT NULL,
  good_ratio double precision GENERATED ALWAYS AS (good_count::double precision / nullif(total_count, 0)) STORED,
  measured_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT slo_measurements_pkey PRIMARY KEY (slo_id, measured_on),
  CONSTRAINT slo_measurements_slo_id_fkey
    FOREIGN KEY (slo_id) REFERENCES slos (slo_id) ON DELETE CASCADE,
  CONSTRAINT slo_measurements_good_count_check CHECK (good_count BETWEEN 0 AND total_count)
) PARTITION BY RANGE (measured_on);

CREATE INDEX slo_measurements_measured_on_idx
  ON slo_measurements (measured_on)
  INCLUDE (good_count, total_count);

-- What arrives for a month without a partition must not be lost; the maintenance job moves it and reports.
CREATE TABLE slo_measurements_default PARTITION OF slo_measurements DEFAULT;

SELECT create_month_partitions('slo_measurements', DATE '2025-07-01', 6);

COMMENT ON TABLE slo_measurements IS
  'Good and all requests per objective and day; a day is corrected until its late spans are in.';
COMMENT ON COLUMN slo_measurements.measured_on IS 'Day in UTC.';
COMMENT ON COLUMN slo_measurements.good_ratio IS 'Null for a day without requests.';
