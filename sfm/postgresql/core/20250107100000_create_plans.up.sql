-- bfm: schema=core
-- bfm: depends-on=core/create_set_updated_at_function
-- bfm: tags=tier=critical, team=billing

CREATE TABLE core.plans (
  plan_id uuid NOT NULL DEFAULT gen_random_uuid(),
  code text NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  currency text NOT NULL DEFAULT 'EUR',
  monthly_price_cents bigint,
  is_public boolean NOT NULL DEFAULT true,
  sort_order integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT plans_pkey PRIMARY KEY (plan_id),
  CONSTRAINT plans_code_key UNIQUE (code),
  CONSTRAINT plans_code_check CHECK (code ~ '^[a-z][a-z0-9_]{1,39}$'),
  CONSTRAINT plans_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT plans_monthly_price_cents_check CHECK (monthly_price_cents >= 0)
);

CREATE INDEX plans_public_idx
  ON core.plans (sort_order, code)
  WHERE is_public;

CREATE TRIGGER plans_set_updated_at
  BEFORE UPDATE ON core.plans
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE core.plans IS 'What can be bought.';
COMMENT ON COLUMN core.plans.monthly_price_cents IS
  'List price per month in the smallest unit of currency; null means by agreement.';
COMMENT ON COLUMN core.plans.is_public IS 'Shown on the price page; others are assigned by sales only.';
