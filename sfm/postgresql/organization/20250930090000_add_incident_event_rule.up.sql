-- bfm: depends-on=organization/create_incidents
-- bfm: tags=tier=standard, team=alerting
-- bfm: lock-timeout=2s

-- Nullable for now: the rows that are there get their rule in batches, and none of it holds up new ones.
ALTER TABLE incident_events
  ADD COLUMN alert_rule_id uuid;

CREATE FUNCTION copy_alert_rule_to_incident_event() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
  SELECT incidents.alert_rule_id
  INTO NEW.alert_rule_id
  FROM incidents
  WHERE incidents.incident_id = NEW.incident_id;

  RETURN NEW;
END;
$$;

CREATE TRIGGER incident_events_copy_alert_rule
  BEFORE INSERT ON incident_events
  FOR EACH ROW
  WHEN (NEW.alert_rule_id IS NULL)
  EXECUTE FUNCTION copy_alert_rule_to_incident_event();

COMMENT ON COLUMN incident_events.alert_rule_id IS
  'Rule of the incident: the timeline of a rule is read without looking at its incidents.';
COMMENT ON FUNCTION copy_alert_rule_to_incident_event() IS 'Row trigger for writers that do not know the rule.';
