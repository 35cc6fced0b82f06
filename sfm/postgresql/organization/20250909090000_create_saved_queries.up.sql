-- bfm: depends-on=core/create_environments, core/create_set_updated_at_function
-- bfm: tags=tier=standard, team=analytics

CREATE TABLE saved_queries (
  saved_query_id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  signal text NOT NULL,
  query text NOT NULL,
  query_hash bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(query, 0)) STORED,
  parameters jsonb NOT NULL DEFAULT '[]',
  time_range interval NOT NULL DEFAULT '1 hour',
  visibility text NOT NULL DEFAULT 'private',
  owner_id uuid NOT NULL,
  last_used_at timestamptz,
  use_count bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT saved_queries_pkey PRIMARY KEY (saved_query_id),
  CONSTRAINT saved_queries_name_check CHECK (char_length(btrim(name)) BETWEEN 1 AND 200),
  CONSTRAINT saved_queries_signal_check CHECK (signal IN ('logs', 'traces', 'metrics')),
  CONSTRAINT saved_queries_query_check CHECK (octet_length(query) BETWEEN 1 AND 65536),
  CONSTRAINT saved_queries_parameters_check CHECK (jsonb_typeof(parameters) = 'array'),
  CONSTRAINT saved_queries_time_range_check CHECK (time_range > interval '0'),
  CONSTRAINT saved_queries_visibility_check CHECK (visibility IN ('private', 'environment')),
  CONSTRAINT saved_queries_use_count_check CHECK (use_count >= 0)
) WITH (fillfactor = 90);

CREATE UNIQUE INDEX saved_queries_owner_name_key
  ON saved_queries (owner_id, lower(name));

CREATE INDEX saved_queries_popular_idx
  ON saved_queries (signal, use_count DESC)
  INCLUDE (name)
  WHERE visibility = 'environment';

CREATE INDEX saved_queries_query_hash_idx
  ON saved_queries USING hash (query_hash);

-- Use is counted often and changes nothing that people edit.
CREATE TRIGGER saved_queries_set_updated_at
  BEFORE UPDATE OF name, signal, query, parameters, time_range, visibility ON saved_queries
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE saved_queries IS 'Queries that people keep for themselves or for everybody.';
COMMENT ON COLUMN saved_queries.query_hash IS 'Finds the copies of a query; no proof that two are equal.';
COMMENT ON COLUMN saved_queries.owner_id IS 'User in guard.users, as a plain id.';
COMMENT ON COLUMN saved_queries.use_count IS 'Counted without an index on it for private queries, so that updates stay cheap.';
