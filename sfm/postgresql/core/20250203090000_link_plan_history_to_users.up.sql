-- bfm: schema=core
-- bfm: depends-on=core/create_plan_history, guard/create_users
-- bfm: tags=tier=standard, team=billing
-- bfm: lock-timeout=2s

-- NOT VALID takes the lock on both tables only briefly; the next migration checks the old rows under a weaker one.
ALTER TABLE core.plan_history
  ADD CONSTRAINT plan_history_changed_by_fkey
  FOREIGN KEY (changed_by) REFERENCES guard.users (user_id) ON DELETE SET NULL NOT VALID;

CREATE INDEX plan_history_changed_by_idx
  ON core.plan_history (changed_by)
  WHERE changed_by IS NOT NULL;
