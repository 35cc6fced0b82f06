-- bfm: schema=core
-- bfm: depends-on=core/create_regions
-- bfm: tags=tier=critical, team=platform, kind=seed

INSERT INTO core.regions (code, name, country_code, is_enabled)
VALUES
  ('eu-central', 'Frankfurt', 'DE', true),
  ('eu-west', 'Dublin', 'IE', true),
  ('us-east', 'Virginia', 'US', true),
  ('ap-southeast', 'Singapore', 'SG', false);
