-- bfm: depends-on=core/create_environments, core/create_set_updated_at_function
-- bfm: tags=tier=standard, team=dashboards

CREATE TABLE dashboards (
  dashboard_id uuid NOT NULL DEFAULT gen_random_uuid(),
  title text NOT NULL,
  slug text NOT NULL,
  description text NOT NULL DEFAULT '',
  folder text NOT NULL DEFAULT '/',
  tags text[] NOT NULL DEFAULT '{}',
  variables jsonb NOT NULL DEFAULT '[]',
  is_shared boolean NOT NULL DEFAULT false,
  revision integer NOT NULL DEFAULT 1,
  search_document tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', description), 'B')
  ) STORED,
  owner_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT dashboards_pkey PRIMARY KEY (dashboard_id),
  CONSTRAINT dashboards_title_check CHECK (char_length(btrim(title)) BETWEEN 1 AND 200),
  CONSTRAINT dashboards_slug_check CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?$'),
  CONSTRAINT dashboards_folder_check CHECK (folder ~ '^/([^/]+/)*$'),
  CONSTRAINT dashboards_tags_check CHECK (cardinality(tags) <= 20 AND array_position(tags, NULL) IS NULL),
  CONSTRAINT dashboards_variables_check CHECK (jsonb_typeof(variables) = 'array'),
  CONSTRAINT dashboards_revision_check CHECK (revision > 0)
);

CREATE UNIQUE INDEX dashboards_slug_key
  ON dashboards (slug)
  WHERE deleted_at IS NULL;

CREATE INDEX dashboards_folder_idx
  ON dashboards (folder text_pattern_ops, lower(title))
  WHERE deleted_at IS NULL;

CREATE INDEX dashboards_tags_idx
  ON dashboards USING gin (tags);

CREATE INDEX dashboards_search_document_idx
  ON dashboards USING gin (search_document);

CREATE TRIGGER dashboards_set_updated_at
  BEFORE UPDATE ON dashboards
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE dashboards IS 'Pages of panels that people put together.';
COMMENT ON COLUMN dashboards.slug IS 'Part of the address; free again once the dashboard is deleted.';
COMMENT ON COLUMN dashboards.folder IS 'Path that begins and ends with a slash.';
COMMENT ON COLUMN dashboards.variables IS 'What a viewer may choose, in the order of the menus.';
COMMENT ON COLUMN dashboards.revision IS 'Grows with every change, so that two editors notice each other.';
COMMENT ON COLUMN dashboards.search_document IS 'Words of title and description, not stemmed: they are mostly names.';
