-- bfm: depends-on=organization/create_incidents, organization/add_alert_rule_labels, core/create_environments
-- bfm: tags=tier=standard, team=alerting

CREATE VIEW unresolved_incidents
WITH (security_invoker = true)
AS
SELECT
  incidents.incident_id,
  incidents.incident_number,
  incidents.title,
  incidents.severity,
  incidents.status,
  incidents.opened_at,
  alert_rules.alert_rule_id,
  alert_rules.name AS alert_rule_name,
  alert_rules.labels,
  environments.name AS environment_name,
  environments.region
FROM incidents
JOIN alert_rules ON alert_rules.alert_rule_id = incidents.alert_rule_id
LEFT JOIN core.environments AS environments ON environments.environment_id = alert_rules.environment_id
WHERE incidents.status <> 'resolved';

COMMENT ON VIEW unresolved_incidents IS
  'Incidents that still need somebody, with their rule and environment.';
