DROP TABLE core.organization_plans;
