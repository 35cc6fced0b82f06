-- bfm: schema=core
-- bfm: depends-on=core/create_organization_plans, core/add_organization_soft_delete
-- bfm: tags=tier=standard, team=billing

CREATE VIEW core.current_organization_plans
WITH (security_invoker = true)
AS
SELECT
  organizations.organization_id,
  organizations.slug AS organization_slug,
  plans.plan_id,
  plans.code AS plan_code,
  organization_plans.starts_at,
  organization_plans.overrides
FROM core.organizations AS organizations
JOIN core.organization_plans AS organization_plans
  ON organization_plans.organization_id = organizations.organization_id
JOIN core.plans AS plans
  ON plans.plan_id = organization_plans.plan_id
WHERE organizations.deleted_at IS NULL
  AND organization_plans.ends_at IS NULL;

COMMENT ON VIEW core.current_organization_plans IS 'The running plan of each organization that has not left.';
