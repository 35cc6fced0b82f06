-- bfm: schema=core
-- bfm: depends-on=core/create_organizations, core/create_plans
-- bfm: tags=tier=standard, team=billing

CREATE TABLE core.plan_history (
  plan_history_id bigint GENERATED ALWAYS AS IDENTITY,
  organization_id uuid NOT NULL,
  from_plan_id uuid,
  to_plan_id uuid NOT NULL,
  changed_by uuid,
  reason text NOT NULL DEFAULT '',
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT plan_history_pkey PRIMARY KEY (plan_history_id),
  CONSTRAINT plan_history_organization_id_fkey
    FOREIGN KEY (organization_id) REFERENCES core.organizations (organization_id) ON DELETE CASCADE,
  CONSTRAINT plan_history_from_plan_id_fkey FOREIGN KEY (from_plan_id) REFERENCES core.plans (plan_id),
  CONSTRAINT plan_history_to_plan_id_fkey FOREIGN KEY (to_plan_id) REFERENCES core.plans (plan_id),
  CONSTRAINT plan_history_change_check CHECK (from_plan_id IS DISTINCT FROM to_plan_id),
  CONSTRAINT plan_history_reason_check CHECK (char_length(reason) <= 1000)
);

CREATE INDEX plan_history_organization_id_idx
  ON core.plan_history (organization_id, plan_history_id DESC);

COMMENT ON TABLE core.plan_history IS 'Every change from one plan to another, in order.';
COMMENT ON COLUMN core.plan_history.from_plan_id IS 'Null for the first plan of an organization.';
COMMENT ON COLUMN core.plan_history.changed_by IS 'User who made the change; null when the system did.';
