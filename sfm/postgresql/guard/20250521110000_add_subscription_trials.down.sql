-- The older constraint does not know trials; what is on trial counts as active from here on.
UPDATE guard.subscriptions
SET status = 'active'
WHERE status = 'trialing';

DROP INDEX guard.subscriptions_trial_ends_at_idx;

ALTER TABLE guard.subscriptions
  DROP CONSTRAINT subscriptions_trial_check,
  DROP COLUMN trial_ends_at,
  DROP CONSTRAINT subscriptions_status_check,
  ADD CONSTRAINT subscriptions_status_check
    CHECK (status IN ('incomplete', 'active', 'past_due', 'canceled'));
