DROP TRIGGER organization_plans_record_change ON core.organization_plans;

DROP FUNCTION core.record_plan_change();

DROP INDEX core.organization_plans_assigned_by_idx;

ALTER TABLE core.organization_plans
  DROP CONSTRAINT organization_plans_assigned_by_fkey,
  DROP COLUMN assigned_by;
