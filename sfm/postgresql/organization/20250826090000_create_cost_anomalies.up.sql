-- bfm: depends-on=organization/create_cost_budgets, organization/create_apm_services, core/create_set_updated_at_function
-- bfm: tags=tier=standard, team=cost

CREATE TABLE cost_anomalies (
  cost_anomaly_id uuid NOT NULL DEFAULT gen_random_uuid(),
  apm_service_id uuid,
  cost_budget_id uuid,
  usage_day date NOT NULL,
  expected_amount money_amount NOT NULL,
  actual_amount money_amount NOT NULL,
  excess_amount numeric(19, 6) NOT NULL GENERATED ALWAYS AS (actual_amount - expected_amount) STORED,
  currency currency_code NOT NULL,
  score real NOT NULL,
  status text NOT NULL DEFAULT 'open',
  explanation text NOT NULL DEFAULT '',
  detected_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT cost_anomalies_pkey PRIMARY KEY (cost_anomaly_id),
  CONSTRAINT cost_anomalies_day_key UNIQUE NULLS NOT DISTINCT (apm_service_id, usage_day, currency),
  CONSTRAINT cost_anomalies_apm_service_id_fkey
    FOREIGN KEY (apm_service_id) REFERENCES apm_services (apm_service_id) ON DELETE CASCADE,
  CONSTRAINT cost_anomalies_cost_budget_id_fkey
    FOREIGN KEY (cost_budget_id) REFERENCES cost_budgets (cost_budget_id) ON DELETE SET NULL,
  CONSTRAINT cost_anomalies_score_check CHECK (score > 0 AND score < 'Infinity'),
  CONSTRAINT cost_anomalies_status_check CHECK (status IN ('open', 'expected', 'resolved')),
  CONSTRAINT cost_anomalies_closed_at_check CHECK ((status = 'open') = (closed_at IS NULL))
);

CREATE INDEX cost_anomalies_open_idx
  ON cost_anomalies (excess_amount DESC)
  WHERE status = 'open';

CREATE INDEX cost_anomalies_cost_budget_id_idx
  ON cost_anomalies (cost_budget_id)
  WHERE cost_budget_id IS NOT NULL;

CREATE TRIGGER cost_anomalies_set_updated_at
  BEFORE UPDATE ON cost_anomalies
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE cost_anomalies IS 'Days on which something cost far more than its history let expect.';
COMMENT ON COLUMN cost_anomalies.cost_budget_id IS 'Budget that the anomaly endangers, if any.';
COMMENT ON COLUMN cost_anomalies.score IS 'Distance from the expectation in standard deviations.';
COMMENT ON COLUMN cost_anomalies.status IS 'A person says whether it was expected; the next detection resolves it.';
