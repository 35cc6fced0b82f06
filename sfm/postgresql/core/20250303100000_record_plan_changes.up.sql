-- bfm: schema=core
-- bfm: depends-on=core/create_organization_plans, core/create_plan_history, guard/create_users
-- bfm: tags=tier=critical, team=billing

ALTER TABLE core.organization_plans
  ADD COLUMN assigned_by uuid,
  ADD CONSTRAINT organization_plans_assigned_by_fkey
    FOREIGN KEY (assigned_by) REFERENCES guard.users (user_id) ON DELETE SET NULL;

CREATE INDEX organization_plans_assigned_by_idx
  ON core.organization_plans (assigned_by)
  WHERE assigned_by IS NOT NULL;

CREATE FUNCTION core.record_plan_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  previous_plan_id uuid;
BEGIN
  SELECT history.to_plan_id
  INTO previous_plan_id
  FROM core.plan_history AS history
  WHERE history.organization_id = NEW.organization_id
  ORDER BY history.plan_history_id DESC
  LIMIT 1;

  IF previous_plan_id IS DISTINCT FROM NEW.plan_id THEN
    INSERT INTO core.plan_history (organization_id, from_plan_id, to_plan_id, changed_by)
    VALUES (NEW.organization_id, previous_plan_id, NEW.plan_id, NEW.assigned_by);
  END IF;

  RETURN NULL;
END;
$$;

CREATE TRIGGER organization_plans_record_change
  AFTER INSERT ON core.organization_plans
  FOR EACH ROW EXECUTE FUNCTION core.record_plan_change();

COMMENT ON COLUMN core.organization_plans.assigned_by IS 'User who chose the plan; null when the system did.';
COMMENT ON FUNCTION core.record_plan_change() IS
  'Row trigger that writes plan_history when an organization gets a plan other than its last one.';
