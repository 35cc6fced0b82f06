-- bfm: schema=core
-- bfm: depends-on=core/create_organizations, core/create_plans
-- bfm: tags=tier=critical, team=billing

CREATE TABLE core.organization_plans (
  organization_plan_id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  plan_id uuid NOT NULL,
  starts_at timestamptz NOT NULL DEFAULT now(),
  ends_at timestamptz,
  overrides jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT organization_plans_pkey PRIMARY KEY (organization_plan_id),
  CONSTRAINT organization_plans_organization_id_fkey
    FOREIGN KEY (organization_id) REFERENCES core.organizations (organization_id) ON DELETE CASCADE,
  CONSTRAINT organization_plans_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES core.plans (plan_id),
  CONSTRAINT organization_plans_period_check CHECK (ends_at > starts_at),
  CONSTRAINT organization_plans_overrides_check CHECK (jsonb_typeof(overrides) = 'object')
);

CREATE UNIQUE INDEX organization_plans_one_open_key
  ON core.organization_plans (organization_id)
  WHERE ends_at IS NULL;

CREATE INDEX organization_plans_organization_id_starts_at_idx
  ON core.organization_plans (organization_id, starts_at DESC);

CREATE INDEX organization_plans_plan_id_idx
  ON core.organization_plans (plan_id);

CREATE TRIGGER organization_plans_set_updated_at
  BEFORE UPDATE ON core.organization_plans
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE core.organization_plans IS 'Which plan an organization has, and from when to when.';
COMMENT ON COLUMN core.organization_plans.ends_at IS
  'Null while the plan runs; an organization has at most one such row.';
COMMENT ON COLUMN core.organization_plans.overrides IS 'Limits agreed for this customer, by feature key.';
