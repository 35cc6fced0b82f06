DELETE FROM core.plan_features
USING core.plans AS plans
WHERE plan_features.plan_id = plans.plan_id
  AND plans.code IN ('free', 'team', 'business', 'enterprise')
  AND plan_features.feature_key IN (
    'environments', 'users', 'retention_days', 'ingest_gb_per_month', 'alert_rules', 'single_sign_on'
  );
