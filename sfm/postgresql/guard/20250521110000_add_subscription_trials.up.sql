-- bfm: schema=guard
-- bfm: depends-on=guard/create_subscriptions
-- bfm: tags=tier=critical, team=billing

ALTER TABLE guard.subscriptions
  DROP CONSTRAINT subscriptions_status_check,
  ADD CONSTRAINT subscriptions_status_check
    CHECK (status IN ('incomplete', 'trialing', 'active', 'past_due', 'canceled')),
  ADD COLUMN trial_ends_at timestamptz,
  ADD CONSTRAINT subscriptions_trial_check CHECK (status <> 'trialing' OR trial_ends_at IS NOT NULL);

CREATE INDEX subscriptions_trial_ends_at_idx
  ON guard.subscriptions (trial_ends_at)
  WHERE status = 'trialing';

COMMENT ON COLUMN guard.subscriptions.trial_ends_at IS 'End of the free trial; kept after it for reports.';
