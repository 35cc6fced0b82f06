DROP VIEW monthly_cost_changes;

DROP MATERIALIZED VIEW monthly_costs;
