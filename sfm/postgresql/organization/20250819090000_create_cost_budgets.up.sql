-- bfm: depends-on=organization/create_apm_services, core/create_environments, core/create_set_updated_at_function
-- bfm: tags=tier=standard, team=cost

CREATE DOMAIN currency_code AS text
  CONSTRAINT currency_code_check CHECK (VALUE ~ '^[A-Z]{3}$');

CREATE DOMAIN money_amount AS numeric(18, 6)
  CONSTRAINT money_amount_check CHECK (VALUE >= 0);

CREATE TABLE cost_budgets (
  cost_budget_id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  apm_service_id uuid,
  amount money_amount NOT NULL,
  currency currency_code NOT NULL DEFAULT 'USD',
  valid_during daterange NOT NULL,
  warn_at_percent smallint[] NOT NULL DEFAULT '{80,100}',
  is_active boolean NOT NULL DEFAULT true,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT cost_budgets_pkey PRIMARY KEY (cost_budget_id),
  CONSTRAINT cost_budgets_apm_service_id_fkey
    FOREIGN KEY (apm_service_id) REFERENCES apm_services (apm_service_id) ON DELETE CASCADE,
  CONSTRAINT cost_budgets_name_check CHECK (char_length(btrim(name)) BETWEEN 1 AND 200),
  CONSTRAINT cost_budgets_amount_check CHECK (amount > 0),
  CONSTRAINT cost_budgets_valid_during_check
    CHECK (NOT isempty(valid_during) AND NOT lower_inf(valid_during) AND NOT upper_inf(valid_during)),
  CONSTRAINT cost_budgets_warn_at_percent_check
    CHECK (cardinality(warn_at_percent) BETWEEN 1 AND 5 AND 0 < ALL (warn_at_percent) AND 1000 >= ALL (warn_at_percent)),
  CONSTRAINT cost_budgets_environment_excl
    EXCLUDE USING gist (valid_during WITH &&) WHERE (is_active AND apm_service_id IS NULL)
);

CREATE INDEX cost_budgets_apm_service_id_idx
  ON cost_budgets (apm_service_id)
  WHERE apm_service_id IS NOT NULL;

CREATE TRIGGER cost_budgets_set_updated_at
  BEFORE UPDATE ON cost_budgets
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON DOMAIN currency_code IS 'ISO 4217, such as EUR.';
COMMENT ON DOMAIN money_amount IS 'Amount of money; a millionth is small enough for the price of one span.';
COMMENT ON TABLE cost_budgets IS 'What telemetry may cost in a period.';
COMMENT ON COLUMN cost_budgets.apm_service_id IS 'Service that the budget is for; null for the whole environment.';
COMMENT ON COLUMN cost_budgets.warn_at_percent IS 'Shares of the amount at which people are told.';
COMMENT ON CONSTRAINT cost_budgets_environment_excl ON cost_budgets IS
  'At any time one budget holds for the whole environment.';
