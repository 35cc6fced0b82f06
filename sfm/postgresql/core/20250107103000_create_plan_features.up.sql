-- bfm: schema=core
-- bfm: depends-on=core/create_plans
-- bfm: tags=tier=critical, team=billing

CREATE TABLE core.plan_features (
  plan_id uuid NOT NULL,
  feature_key text NOT NULL,
  is_enabled boolean NOT NULL DEFAULT true,
  limit_value bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT plan_features_pkey PRIMARY KEY (plan_id, feature_key),
  CONSTRAINT plan_features_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES core.plans (plan_id) ON DELETE CASCADE,
  CONSTRAINT plan_features_feature_key_check CHECK (feature_key ~ '^[a-z][a-z0-9_]{1,63}$'),
  CONSTRAINT plan_features_limit_value_check CHECK (limit_value >= 0),
  CONSTRAINT plan_features_disabled_has_no_limit_check CHECK (is_enabled OR limit_value IS NULL)
);

CREATE INDEX plan_features_feature_key_idx
  ON core.plan_features (feature_key, plan_id)
  WHERE is_enabled;

CREATE TRIGGER plan_features_set_updated_at
  BEFORE UPDATE ON core.plan_features
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE core.plan_features IS 'What each plan contains and how much of it.';
COMMENT ON COLUMN core.plan_features.feature_key IS
  'Name that the product code asks for, such as retention_days.';
COMMENT ON COLUMN core.plan_features.limit_value IS 'Upper limit; null on an enabled feature means no limit.';
