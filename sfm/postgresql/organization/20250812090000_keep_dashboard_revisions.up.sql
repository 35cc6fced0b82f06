-- bfm: depends-on=organization/create_dashboards
-- bfm: tags=tier=standard, team=dashboards

CREATE TABLE dashboard_revisions (
  dashboard_id uuid NOT NULL,
  revision integer NOT NULL,
  title text NOT NULL,
  description text NOT NULL,
  variables jsonb NOT NULL,
  replaced_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT dashboard_revisions_pkey PRIMARY KEY (dashboard_id, revision),
  CONSTRAINT dashboard_revisions_dashboard_id_fkey
    FOREIGN KEY (dashboard_id) REFERENCES dashboards (dashboard_id) ON DELETE CASCADE
);

CREATE FUNCTION keep_dashboard_revision() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
  INSERT INTO dashboard_revisions (dashboard_id, revision, title, description, variables)
  VALUES (OLD.dashboard_id, OLD.revision, OLD.title, OLD.description, OLD.variables);

  NEW.revision := OLD.revision + 1;
  RETURN NEW;
END;
$$;

CREATE TRIGGER dashboards_keep_revision
  BEFORE UPDATE OF title, description, variables ON dashboards
  FOR EACH ROW
  WHEN ((OLD.title, OLD.description, OLD.variables) IS DISTINCT FROM (NEW.title, NEW.description, NEW.variables))
  EXECUTE FUNCTION keep_dashboard_revision();

COMMENT ON TABLE dashboard_revisions IS 'What a dashboard was before each change, so that people can go back.';
COMMENT ON FUNCTION keep_dashboard_revision() IS 'Row trigger that keeps the old text and counts the revision on.';
