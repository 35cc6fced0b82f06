-- bfm: schema=core
-- bfm: depends-on=core/create_plan_features, core/seed_plans
-- bfm: tags=tier=critical, team=billing, kind=seed

INSERT INTO core.plan_features (plan_id, feature_key, is_enabled, limit_value)
SELECT plans.plan_id, seed.feature_key, seed.is_enabled, seed.limit_value
FROM (VALUES
  ('free', 'environments', true, 1),
  ('free', 'users', true, 3),
  ('free', 'retention_days', true, 3),
  ('free', 'ingest_gb_per_month', true, 5),
  ('free', 'alert_rules', true, 5),
  ('free', 'single_sign_on', false, NULL),
  ('team', 'environments', true, 3),
  ('team', 'users', true, 25),
  ('team', 'retention_days', true, 14),
  ('team', 'ingest_gb_per_month', true, 200),
  ('team', 'alert_rules', true, 100),
  ('team', 'single_sign_on', false, NULL),
  ('business', 'environments', true, 20),
  ('business', 'users', true, 250),
  ('business', 'retention_days', true, 60),
  ('business', 'ingest_gb_per_month', true, 2000),
  ('business', 'alert_rules', true, 1000),
  ('business', 'single_sign_on', true, NULL),
  ('enterprise', 'environments', true, NULL),
  ('enterprise', 'users', true, NULL),
  ('enterprise', 'retention_days', true, 400),
  ('enterprise', 'ingest_gb_per_month', true, NULL),
  ('enterprise', 'alert_rules', true, NULL),
  ('enterprise', 'single_sign_on', true, NULL)
) AS seed (plan_code, feature_key, is_enabled, limit_value)
JOIN core.plans AS plans ON plans.code = seed.plan_code;
