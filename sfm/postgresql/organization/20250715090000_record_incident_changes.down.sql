DROP TRIGGER incidents_record_change ON incidents;

DROP TRIGGER incidents_record_opening ON incidents;

DROP FUNCTION record_incident_change();
