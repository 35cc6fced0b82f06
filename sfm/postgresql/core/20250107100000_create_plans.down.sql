DROP TABLE core.plans;
