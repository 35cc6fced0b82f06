-- bfm: depends-on=organization/create_cost_allocations, organization/create_apm_services
-- bfm: tags=tier=standard, team=cost

CREATE MATERIALIZED VIEW monthly_costs
AS
SELECT
  date_trunc('month', cost_allocations.usage_day::timestamp)::date AS month,
  cost_allocations.apm_service_id,
  cost_allocations.signal,
  cost_allocations.currency,
  sum(cost_allocations.amount) AS amount
FROM cost_allocations
GROUP BY 1, 2, 3, 4
WITH NO DATA;

-- REFRESH MATERIALIZED VIEW CONCURRENTLY needs a unique index on plain columns.
CREATE UNIQUE INDEX monthly_costs_key
  ON monthly_costs (month, apm_service_id, signal, currency) NULLS NOT DISTINCT;

REFRESH MATERIALIZED VIEW monthly_costs;

CREATE VIEW monthly_cost_changes
WITH (security_invoker = true)
AS
SELECT
  monthly_costs.month,
  coalesce(apm_services.qualified_name, 'unassigned') AS service_name,
  monthly_costs.signal,
  monthly_costs.currency,
  monthly_costs.amount,
  monthly_costs.amount - lag(monthly_costs.amount) OVER months AS change
FROM monthly_costs
LEFT JOIN apm_services ON apm_services.apm_service_id = monthly_costs.apm_service_id
WINDOW months AS (
  PARTITION BY monthly_costs.apm_service_id, monthly_costs.signal, monthly_costs.currency
  ORDER BY monthly_costs.month
);

COMMENT ON MATERIALIZED VIEW monthly_costs IS 'Costs per month; refreshed every night, concurrently.';
COMMENT ON VIEW monthly_cost_changes IS 'Costs per month with the change since the month before.';
