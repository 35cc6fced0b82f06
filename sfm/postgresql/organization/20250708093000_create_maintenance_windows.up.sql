-- bfm: depends-on=core/create_environments, core/create_set_updated_at_function
-- bfm: tags=tier=standard, team=alerting

CREATE TABLE maintenance_windows (
  maintenance_window_id uuid NOT NULL DEFAULT gen_random_uuid(),
  title text NOT NULL,
  period tstzrange NOT NULL,
  is_cancelled boolean NOT NULL DEFAULT false,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT maintenance_windows_pkey PRIMARY KEY (maintenance_window_id),
  CONSTRAINT maintenance_windows_title_check CHECK (char_length(btrim(title)) BETWEEN 1 AND 200),
  CONSTRAINT maintenance_windows_period_check
    CHECK (NOT isempty(period) AND lower_inc(period) AND NOT upper_inc(period) AND NOT upper_inf(period)),
  CONSTRAINT maintenance_windows_period_excl
    EXCLUDE USING gist (period WITH &&) WHERE (NOT is_cancelled)
);

CREATE TRIGGER maintenance_windows_set_updated_at
  BEFORE UPDATE ON maintenance_windows
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

COMMENT ON TABLE maintenance_windows IS 'Announced work on the environment, in which no rule notifies anybody.';
COMMENT ON COLUMN maintenance_windows.period IS 'Begins with its lower bound and ends before its upper one.';
COMMENT ON CONSTRAINT maintenance_windows_period_excl ON maintenance_windows IS
  'One window at a time: the status page shows the one that is on.';
