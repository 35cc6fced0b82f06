-- bfm: schema=core
-- bfm: depends-on=core/link_plan_history_to_users
-- bfm: tags=tier=standard, team=billing

ALTER TABLE core.plan_history
  VALIDATE CONSTRAINT plan_history_changed_by_fkey;
