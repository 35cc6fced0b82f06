-- bfm: schema=guard
-- bfm: depends-on=guard/create_api_keys
-- bfm: tags=tier=critical, team=identity

ALTER TABLE guard.api_keys
  ADD COLUMN scopes text[] NOT NULL DEFAULT ARRAY['ingest:write', 'query:read'],
  ADD CONSTRAINT api_keys_scopes_check CHECK (
    cardinality(scopes) > 0
    AND scopes <@ ARRAY['ingest:write', 'query:read', 'alerts:read', 'alerts:write', 'admin:write']
  );

-- Keys older than scopes could read as well as write and keep that; the default of the column gave it to them.
ALTER TABLE guard.api_keys
  ALTER COLUMN scopes SET DEFAULT ARRAY['ingest:write'];

CREATE INDEX api_keys_scopes_idx
  ON guard.api_keys USING gin (scopes);

COMMENT ON COLUMN guard.api_keys.scopes IS
  'What the key may do; at least one, and only names from the constraint.';
