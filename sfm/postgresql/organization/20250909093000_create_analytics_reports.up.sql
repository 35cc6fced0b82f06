-- bfm: depends-on=organization/create_saved_queries, organization/create_notification_channels
-- bfm: depends-on=core/create_set_updated_at_function
-- bfm: tags=tier=standard, team=analytics

CREATE TABLE analytics_reports (
  analytics_report_id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  schedule text NOT NULL,
  timezone text NOT NULL DEFAULT 'UTC',
  format text NOT NULL DEFAULT 'pdf',
  notification_channel_id uuid,
  is_enabled boolean NOT NULL DEFAULT true,
  next_run_at timestamptz,
  owner_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT analytics_reports_pkey PRIMARY KEY (analytics_report_id),
  CONSTRAINT analytics_reports_name_key UNIQUE (name),
  CONSTRAINT analytics_reports_notification_channel_id_fkey
    FOREIGN KEY (notification_channel_id) REFERENCES notification_channels (notification_channel_id),
  CONSTRAINT analytics_reports_name_check CHECK (char_length(btrim(name)) BETWEEN 1 AND 200),
  CONSTRAINT analytics_reports_schedule_check CHECK (schedule IN ('daily', 'weekly', 'monthly')),
  CONSTRAINT analytics_reports_format_check CHECK (format IN ('pdf', 'csv', 'json')),
  CONSTRAINT analytics_reports_next_run_at_check CHECK (NOT is_enabled OR next_run_at IS NOT NULL)
);

CREATE INDEX analytics_reports_due_idx
  ON analytics_reports (next_run_at)
  WHERE is_enabled;

CREATE INDEX analytics_reports_notification_channel_id_idx
  ON analytics_reports (notification_channel_id)
  WHERE notification_channel_id IS NOT NULL;

CREATE TRIGGER analytics_reports_set_updated_at
  BEFORE UPDATE ON analytics_reports
  FOR EACH ROW EXECUTE FUNCTION core.set_updated_at();

CREATE TABLE analytics_report_queries (
  analytics_report_id uuid NOT NULL,
  saved_query_id uuid NOT NULL,
  sort_order smallint NOT NULL,
  CONSTRAINT analytics_report_queries_pkey PRIMARY KEY (analytics_report_id, sort_order),
  CONSTRAINT analytics_report_queries_analytics_report_id_fkey
    FOREIGN KEY (analytics_report_id) REFERENCES analytics_reports (analytics_report_id) ON DELETE CASCADE,
  CONSTRAINT analytics_report_queries_saved_query_id_fkey
    FOREIGN KEY (saved_query_id) REFERENCES saved_queries (saved_query_id)
);

CREATE INDEX analytics_report_queries_saved_query_id_idx
  ON analytics_report_queries (saved_query_id);

CREATE TABLE analytics_report_runs (
  analytics_report_run_id bigint GENERATED ALWAYS AS IDENTITY,
  analytics_report_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'running',
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  duration interval GENERATED ALWAYS AS (finished_at - started_at) STORED,
  result_url text,
  error text,
  CONSTRAINT analytics_report_runs_pkey PRIMARY KEY (analytics_report_run_id),
  CONSTRAINT analytics_report_runs_analytics_report_id_fkey
    FOREIGN KEY (analytics_report_id) REFERENCES analytics_reports (analytics_report_id) ON DELETE CASCADE,
  CONSTRAINT analytics_report_runs_status_check CHECK (status IN ('running', 'succeeded', 'failed')),
  CONSTRAINT analytics_report_runs_finished_at_check
    CHECK ((status = 'running') = (finished_at IS NULL) AND finished_at >= started_at),
  CONSTRAINT analytics_report_runs_result_url_check CHECK (result_url IS NULL OR status = 'succeeded'),
  CONSTRAINT analytics_report_runs_error_check CHECK ((status = 'failed') = (error IS NOT NULL))
);

CREATE UNIQUE INDEX analytics_report_runs_one_running_key
  ON analytics_report_runs (analytics_report_id)
  WHERE status = 'running';

CREATE INDEX analytics_report_runs_analytics_report_id_idx
  ON analytics_report_runs (analytics_report_id, analytics_report_run_id DESC);

CREATE INDEX analytics_report_runs_started_at_idx
  ON analytics_report_runs USING brin (started_at);

COMMENT ON TABLE analytics_reports IS 'Saved queries that are run on a schedule and sent to a channel.';
COMMENT ON COLUMN analytics_reports.timezone IS 'IANA name; decides when a day begins.';
COMMENT ON COLUMN analytics_reports.notification_channel_id IS 'Null when the report only waits to be looked at.';
COMMENT ON TABLE analytics_report_queries IS 'The queries of a report, in the order of its pages.';
COMMENT ON TABLE analytics_report_runs IS 'Each time a report was made.';
COMMENT ON COLUMN analytics_report_runs.result_url IS 'Object store address; signed anew for every reader.';
