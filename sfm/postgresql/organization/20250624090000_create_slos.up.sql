-- bfm: depends-on=organization/create_apm_endpoints, organization/create_apm_services, core/create_set_updated_at_function
-- bfm: tags=tier=standard, team=apm

CREATE TABLE slos (
  slo_id uuid NOT NULL DEFAULT gen_random_uuid(),
  apm_service_id uuid NOT NULL,
  apm_endpoint_id uuid,
  name text NOT NULL,
  kind text NOT NULL,
  target numeric(7, 6) NOT NULL,
  error_budget numeric(7, 6) NOT NULL GENERATED ALWAYS AS (1 - target) STORED,
  latency_threshold_ms integer,
  window_days smallint NOT NULL DEFAULT 30,
  is_enabled boolean NOT NULL DEFAULT true,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT slos_pkey PRIMARY KEY (slo_id),
  CONSTRAINT slos_apm_service_id_fkey
    FOREIGN KEY (apm_service_id) REFERENCES apm_services (apm_service_id) ON DELETE CASCADE,
  -- With no endpoint the objective is about the whole service, and this one checks nothing.
  CONSTRAINT slos_endpoint_fkey
    FOREIGN KEY (apm_endpoint_id, apm_service_id)
    REFERENCES apm_endpoints (apm_endpoint_id, apm_service_id) ON DELETE CASCADE,
  CONSTRAINT slos_name_check CHECK (char_length(btrim(name)) BETWEEN 1 AND 200),
  CONSTRAINT slos_kind_check CHECK (kind IN ('availability', 'latency')),
  CONSTRAINT slos_target_check CHECK (target > 0 AND target < 1),
  CONSTRAINT slos_latency_threshold_ms_check
    CHECK ((kind = 'latency') = (latency_threshold_ms IS NOT NULL) AND latency_threshold_ms > 0),
  CONSTRAINT slos_window_days_check CHECK (window_days IN (7, 28, 30, 90))
);

CREATE UNIQUE INDEX slos_name_key
  ON slos (apm_service_id, lower(name));

CREATE INDEX slos_apm_endpoint_id_idx
  ON slos (apm_endpoint_id)
  WHERE apm_endpoint_id IS NOT NULL;

CREATE TRIGGER slos_set_updated_at
  BEFORE UPDATE ON slos
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE slos IS 'What a service or one of its endpoints promises.';
COMMENT ON COLUMN slos.target IS 'Share of good requests that is promised, such as 0.999.';
COMMENT ON COLUMN slos.error_budget IS 'Share of requests that may be bad without breaking the promise.';
COMMENT ON COLUMN slos.latency_threshold_ms IS 'A request that takes longer is a bad one.';
COMMENT ON COLUMN slos.window_days IS 'The promise is about this many days up to now.';
