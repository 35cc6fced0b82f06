DROP TABLE core.plan_history;
