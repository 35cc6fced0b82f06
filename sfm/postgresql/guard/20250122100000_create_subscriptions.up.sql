-- bfm: schema=guard
-- bfm: depends-on=core/create_organizations, core/20250107100000, core/create_set_updated_at_function
-- bfm: tags=tier=critical, team=billing

CREATE TABLE guard.subscriptions (
  subscription_id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  plan_id uuid NOT NULL,
  provider text NOT NULL,
  provider_customer_ref text NOT NULL,
  provider_subscription_ref text NOT NULL,
  status text NOT NULL DEFAULT 'incomplete',
  seats integer NOT NULL DEFAULT 1,
  current_period_start timestamptz NOT NULL,
  current_period_end timestamptz NOT NULL,
  canceled_at timestamptz,
  provider_data jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT subscriptions_pkey PRIMARY KEY (subscription_id),
  CONSTRAINT subscriptions_provider_subscription_ref_key UNIQUE (provider, provider_subscription_ref),
  CONSTRAINT subscriptions_organization_id_fkey
    FOREIGN KEY (organization_id) REFERENCES core.organizations (organization_id),
  CONSTRAINT subscriptions_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES core.plans (plan_id),
  CONSTRAINT subscriptions_provider_check CHECK (provider IN ('card', 'invoice', 'marketplace')),
  CONSTRAINT subscriptions_status_check CHECK (status IN ('incomplete', 'active', 'past_due', 'canceled')),
  CONSTRAINT subscriptions_seats_check CHECK (seats > 0),
  CONSTRAINT subscriptions_period_check CHECK (current_period_end > current_period_start),
  CONSTRAINT subscriptions_canceled_at_check CHECK ((status = 'canceled') = (canceled_at IS NOT NULL)),
  CONSTRAINT subscriptions_provider_data_check CHECK (jsonb_typeof(provider_data) = 'object')
);

CREATE UNIQUE INDEX subscriptions_one_live_key
  ON guard.subscriptions (organization_id)
  WHERE status <> 'canceled';

CREATE INDEX subscriptions_organization_id_created_at_idx
  ON guard.subscriptions (organization_id, created_at DESC);

CREATE INDEX subscriptions_plan_id_idx
  ON guard.subscriptions (plan_id);

CREATE INDEX subscriptions_renewal_idx
  ON guard.subscriptions (current_period_end)
  WHERE status IN ('active', 'past_due');

CREATE INDEX subscriptions_provider_data_idx
  ON guard.subscriptions USING gin (provider_data jsonb_path_ops);

CREATE TRIGGER subscriptions_set_updated_at
  BEFORE UPDATE ON guard.subscriptions
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE guard.subscriptions IS 'Paid contracts, as the payment provider knows them.';
COMMENT ON COLUMN guard.subscriptions.provider_customer_ref IS
  'Id of the customer at the provider; card data never reaches this database.';
COMMENT ON COLUMN guard.subscriptions.status IS 'Last status the provider has reported.';
COMMENT ON COLUMN guard.subscriptions.provider_data IS 'Rest of the last report, for support.';
