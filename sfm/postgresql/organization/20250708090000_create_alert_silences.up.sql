-- bfm: depends-on=organization/create_alert_rules, organization/add_alert_rule_labels
-- bfm: tags=tier=standard, team=alerting

CREATE TABLE alert_silences (
  alert_silence_id uuid NOT NULL DEFAULT gen_random_uuid(),
  alert_rule_id uuid,
  matchers jsonb NOT NULL DEFAULT '{}',
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  period tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at, '[)')) STORED,
  reason text NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  expired_by uuid,
  CONSTRAINT alert_silences_pkey PRIMARY KEY (alert_silence_id),
  CONSTRAINT alert_silences_alert_rule_id_fkey
    FOREIGN KEY (alert_rule_id) REFERENCES alert_rules (alert_rule_id) ON DELETE CASCADE,
  CONSTRAINT alert_silences_matchers_check CHECK (jsonb_typeof(matchers) = 'object'),
  -- Without this a silence for nothing in particular would silence everything.
  CONSTRAINT alert_silences_scope_check CHECK (alert_rule_id IS NOT NULL OR matchers <> '{}'),
  CONSTRAINT alert_silences_period_check CHECK (ends_at > starts_at),
  CONSTRAINT alert_silences_length_check CHECK (ends_at <= starts_at + interval '2160 hours'),
  CONSTRAINT alert_silences_reason_check CHECK (char_length(btrim(reason)) BETWEEN 1 AND 1000)
);

CREATE INDEX alert_silences_period_idx
  ON alert_silences USING gist (period);

CREATE INDEX alert_silences_alert_rule_id_idx
  ON alert_silences (alert_rule_id, ends_at)
  WHERE alert_rule_id IS NOT NULL;

CREATE FUNCTION is_alert_silenced(rule_id uuid, at_time timestamptz)
RETURNS boolean
LANGUAGE sql
STABLE
PARALLEL SAFE
BEGIN ATOMIC
  SELECT EXISTS (
    SELECT
    FROM alert_rules
    JOIN alert_silences
      ON alert_silences.period @> at_time
      AND (alert_silences.alert_rule_id IS NULL OR alert_silences.alert_rule_id = alert_rules.alert_rule_id)
      AND alert_rules.labels @> alert_silences.matchers
    WHERE alert_rules.alert_rule_id = rule_id
  );
END;

COMMENT ON TABLE alert_silences IS 'Times in which rules open incidents and notify nobody.';
COMMENT ON COLUMN alert_silences.alert_rule_id IS 'The one rule that is silenced; null for all whose labels match.';
COMMENT ON COLUMN alert_silences.matchers IS 'Labels a rule must have.';
COMMENT ON COLUMN alert_silences.period IS 'From starts_at up to, but without, ends_at; for the index.';
COMMENT ON COLUMN alert_silences.expired_by IS 'User who ended it early by moving ends_at.';
COMMENT ON FUNCTION is_alert_silenced(uuid, timestamptz) IS 'Whether any silence covers a rule at a moment.';
