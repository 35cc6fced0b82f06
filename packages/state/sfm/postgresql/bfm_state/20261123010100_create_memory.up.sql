-- What the ledgers said when they were last looked at, which migrations were ever seen, and what was skipped.

CREATE TABLE projection (
  connection text NOT NULL,
  schema text NOT NULL,
  migration_id text NOT NULL,
  backend text NOT NULL,
  status text NOT NULL,
  checksum text,
  applied_at timestamptz,
  run_id text,
  error text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (connection, schema, migration_id),
  CONSTRAINT projection_backend_known CHECK (backend IN ('postgresql', 'greptimedb', 'etcd')),
  CONSTRAINT projection_status_known CHECK (status IN ('pending', 'applied', 'failed', 'rolled_back', 'needs_attention')),
  CONSTRAINT projection_applied_has_time CHECK (status <> 'applied' OR applied_at IS NOT NULL),
  CONSTRAINT projection_failed_knows_why CHECK (status <> 'failed' OR error IS NOT NULL)
);
CREATE INDEX projection_by_migration ON projection (migration_id, connection, schema);
CREATE INDEX projection_by_age ON projection (created_at DESC, connection, schema, migration_id);
CREATE INDEX projection_by_status ON projection (status, connection, schema, migration_id);

-- Never emptied: history and detail are served from here when a file is gone.
CREATE TABLE known_migration (
  id text PRIMARY KEY,
  version text NOT NULL,
  name text NOT NULL,
  backend text NOT NULL,
  connection text NOT NULL,
  schema text,
  up_text text NOT NULL,
  down_text text,
  dependencies jsonb NOT NULL,
  tags jsonb NOT NULL,
  present boolean NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT known_migration_version_digits CHECK (version ~ '^[0-9]{14}$'),
  CONSTRAINT known_migration_backend_known CHECK (backend IN ('postgresql', 'greptimedb', 'etcd')),
  CONSTRAINT known_migration_id_fits CHECK (id = version || '_' || name || '_' || backend || '_' || connection),
  CONSTRAINT known_migration_lists CHECK (jsonb_typeof(dependencies) = 'array' AND jsonb_typeof(tags) = 'array'),
  CONSTRAINT known_migration_times_in_order CHECK (last_seen_at >= first_seen_at)
);
CREATE INDEX known_migration_by_connection ON known_migration (connection, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never emptied or rewritten', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_stays';
END $$;
CREATE TRIGGER known_migration_stays BEFORE DELETE OR TRUNCATE ON known_migration FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE skipped (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration_id text NOT NULL,
  connection text NOT NULL,
  schema text NOT NULL,
  backend text NOT NULL,
  actor text NOT NULL,
  method text NOT NULL,
  context jsonb NOT NULL,
  skipped_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT skipped_backend_known CHECK (backend IN ('postgresql', 'greptimedb', 'etcd')),
  CONSTRAINT skipped_method_known CHECK (method IN ('http', 'grpc', 'cli', 'auto'))
);
CREATE INDEX skipped_by_migration ON skipped (migration_id, schema, id DESC);

UPDATE state_version SET version = '20261123010100';
