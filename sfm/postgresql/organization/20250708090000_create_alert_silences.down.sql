DROP FUNCTION is_alert_silenced(uuid, timestamptz);

DROP TABLE alert_silences;
