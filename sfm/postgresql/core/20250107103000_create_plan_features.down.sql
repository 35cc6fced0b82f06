DROP TABLE core.plan_features;
