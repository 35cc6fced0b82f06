DROP INDEX core.plan_history_changed_by_idx;

ALTER TABLE core.plan_history
  DROP CONSTRAINT plan_history_changed_by_fkey;
