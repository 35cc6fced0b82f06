-- A constraint cannot be made unchecked again, so it is replaced by the one that stood before.
ALTER TABLE core.plan_history
  DROP CONSTRAINT plan_history_changed_by_fkey;

ALTER TABLE core.plan_history
  ADD CONSTRAINT plan_history_changed_by_fkey
  FOREIGN KEY (changed_by) REFERENCES guard.users (user_id) ON DELETE SET NULL NOT VALID;
