-- bfm: depends-on=organization/create_incidents
-- bfm: tags=tier=standard, team=alerting

-- The path at this moment, with the tenant schema first, stays with the function: whoever updates incidents later, with
-- whatever path, writes into the same tenant's timeline.
CREATE FUNCTION record_incident_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO incident_events (incident_id, kind, body, occurred_at)
    VALUES (NEW.incident_id, 'opened', NEW.title, NEW.opened_at);
    RETURN NULL;
  END IF;

  IF NEW.assigned_to IS DISTINCT FROM OLD.assigned_to THEN
    INSERT INTO incident_events (incident_id, kind, body)
    VALUES (NEW.incident_id, 'assigned', coalesce(NEW.assigned_to::text, 'nobody'));
  END IF;

  IF NEW.status <> OLD.status AND NEW.status IN ('acknowledged', 'resolved') THEN
    INSERT INTO incident_events (incident_id, kind)
    VALUES (NEW.incident_id, NEW.status);
  END IF;

  RETURN NULL;
END;
$$;

CREATE TRIGGER incidents_record_opening
  AFTER INSERT ON incidents
  FOR EACH ROW EXECUTE FUNCTION record_incident_change();

CREATE TRIGGER incidents_record_change
  AFTER UPDATE OF status, assigned_to ON incidents
  FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.assigned_to IS DISTINCT FROM NEW.assigned_to)
  EXECUTE FUNCTION record_incident_change();

COMMENT ON FUNCTION record_incident_change() IS
  'Row trigger that writes the timeline of an incident; comments and notifications are written by the service.';
