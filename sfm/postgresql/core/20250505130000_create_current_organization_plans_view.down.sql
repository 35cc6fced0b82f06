DROP VIEW core.current_organization_plans;
