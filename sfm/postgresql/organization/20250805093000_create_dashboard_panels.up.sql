-- bfm: depends-on=organization/create_dashboards, organization/create_slos, core/create_set_updated_at_function
-- bfm: tags=tier=standard, team=dashboards

CREATE TABLE dashboard_panels (
  dashboard_panel_id uuid NOT NULL DEFAULT gen_random_uuid(),
  dashboard_id uuid NOT NULL,
  sort_order smallint NOT NULL,
  title text NOT NULL DEFAULT '',
  kind text NOT NULL,
  signal text,
  query text,
  slo_id uuid,
  options jsonb NOT NULL DEFAULT '{}',
  grid_x smallint NOT NULL DEFAULT 0,
  grid_y smallint NOT NULL DEFAULT 0,
  grid_width smallint NOT NULL DEFAULT 12,
  grid_height smallint NOT NULL DEFAULT 8,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT dashboard_panels_pkey PRIMARY KEY (dashboard_panel_id),
  CONSTRAINT dashboard_panels_sort_order_key
    UNIQUE (dashboard_id, sort_order) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT dashboard_panels_dashboard_id_fkey
    FOREIGN KEY (dashboard_id) REFERENCES dashboards (dashboard_id) ON DELETE CASCADE,
  CONSTRAINT dashboard_panels_slo_id_fkey
    FOREIGN KEY (slo_id) REFERENCES slos (slo_id) ON DELETE SET NULL,
  CONSTRAINT dashboard_panels_kind_check CHECK (kind IN ('lines', 'bars', 'number', 'table', 'logs', 'slo', 'text')),
  CONSTRAINT dashboard_panels_signal_check CHECK (signal IN ('logs', 'traces', 'metrics')),
  CONSTRAINT dashboard_panels_query_check CHECK (kind IN ('slo', 'text') OR num_nonnulls(signal, query) = 2),
  CONSTRAINT dashboard_panels_options_check CHECK (jsonb_typeof(options) = 'object'),
  CONSTRAINT dashboard_panels_grid_check CHECK (
    grid_x >= 0 AND grid_y >= 0 AND grid_height BETWEEN 1 AND 50
    AND grid_width >= 1 AND grid_x + grid_width <= 24
  )
);

CREATE INDEX dashboard_panels_slo_id_idx
  ON dashboard_panels (slo_id)
  WHERE slo_id IS NOT NULL;

CREATE TRIGGER dashboard_panels_set_updated_at
  BEFORE UPDATE ON dashboard_panels
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

CREATE FUNCTION refuse_too_many_panels() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
  panel_count integer;
BEGIN
  SELECT count(*)
  INTO panel_count
  FROM dashboard_panels
  WHERE dashboard_panels.dashboard_id = NEW.dashboard_id;

  IF panel_count > 100 THEN
    RAISE EXCEPTION 'dashboard % would have % panels; 100 are allowed', NEW.dashboard_id, panel_count
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
  END IF;

  RETURN NULL;
END;
$$;

-- At the end of the transaction: an import that replaces all panels may pass the limit on its way.
CREATE CONSTRAINT TRIGGER dashboard_panels_count_check
  AFTER INSERT OR UPDATE OF dashboard_id ON dashboard_panels
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION refuse_too_many_panels();

COMMENT ON TABLE dashboard_panels IS 'Charts and texts of a dashboard.';
COMMENT ON COLUMN dashboard_panels.sort_order IS 'Order on small screens, where the grid is left out.';
COMMENT ON COLUMN dashboard_panels.slo_id IS 'Objective that a panel of kind slo shows; null once it was deleted.';
COMMENT ON COLUMN dashboard_panels.grid_x IS 'First of 24 columns.';
COMMENT ON CONSTRAINT dashboard_panels_sort_order_key ON dashboard_panels IS
  'Deferred, so that two panels can change places.';
COMMENT ON FUNCTION refuse_too_many_panels() IS 'Constraint trigger: a page of more panels is too slow to be of use.';
