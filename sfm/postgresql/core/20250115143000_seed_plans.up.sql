-- bfm: schema=core
-- bfm: depends-on=core/create_plans
-- bfm: tags=tier=critical, team=billing, kind=seed

INSERT INTO core.plans (plan_id, code, name, description, currency, monthly_price_cents, is_public, sort_order)
VALUES
  ('0d9f4c1e-6a3b-4f57-9c28-51e7b06a4d10', 'free', 'Free', 'For trying it out.', 'EUR', 0, true, 10),
  ('4b7a2e95-c8d1-4e06-8f3a-92d40c7b1e63', 'team', 'Team', 'For one team and its services.', 'EUR', 9900, true, 20),
  ('8e15d3b7-2f90-4a6c-b1d4-07c9e5f8a236', 'business', 'Business', 'For several teams.', 'EUR', 49900, true, 30),
  ('c3f86a02-9b4d-4715-a7e0-6d2b18f5093c', 'enterprise', 'Enterprise', 'By agreement.', 'EUR', NULL, false, 40);
