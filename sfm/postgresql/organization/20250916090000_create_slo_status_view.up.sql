-- bfm: depends-on=organization/create_slo_measurements, organization/create_slos, organization/create_apm_services
-- bfm: tags=tier=standard, team=apm

CREATE VIEW slo_status
WITH (security_invoker = true)
AS
SELECT
  slos.slo_id,
  slos.name,
  apm_services.qualified_name AS service_name,
  slos.target,
  measured.good_ratio,
  measured.total_count,
  CASE
    WHEN measured.total_count > 0 THEN
      1 - (measured.total_count - measured.good_count) / (measured.total_count * slos.error_budget)
  END AS error_budget_left
FROM slos
JOIN apm_services ON apm_services.apm_service_id = slos.apm_service_id
CROSS JOIN LATERAL (
  SELECT
    coalesce(sum(slo_measurements.good_count), 0) AS good_count,
    coalesce(sum(slo_measurements.total_count), 0) AS total_count,
    sum(slo_measurements.good_count) / nullif(sum(slo_measurements.total_count), 0) AS good_ratio
  FROM slo_measurements
  WHERE slo_measurements.slo_id = slos.slo_id
    AND slo_measurements.measured_on > (now() AT TIME ZONE 'UTC')::date - slos.window_days
) AS measured
WHERE slos.is_enabled;

COMMENT ON VIEW slo_status IS 'How each enabled objective stands over its window.';
COMMENT ON COLUMN slo_status.error_budget_left IS 'Share of the budget that is left: 1 untouched, 0 used up, below 0 broken.';
