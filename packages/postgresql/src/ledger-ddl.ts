import { ALREADY_RECORDED_SQLSTATE, FENCE_SQLSTATE, SCHEMA_GONE_SQLSTATE } from './pg-errors.ts';

/** The ledger format this BFM writes. A newer one in a database is refused, an older one is upgraded. */
export const LEDGER_FORMAT = 1;

/** Key of the advisory lock round making and upgrading ledgers; any constant will do. */
export const BOOTSTRAP_LOCK_KEY = '4775193207316480001';

/**
 * Everything the ledger is made of, format 1, as one script for one transaction.
 *
 * `scope` is a target: its row carries the fence. `revision` keeps each text once per database, however many schemas
 * it runs in. `ledger` says what holds now, one row per (scope, migration): the primary key is what makes a second
 * application impossible. `event` only grows.
 */
export const LEDGER_DDL = `
CREATE SCHEMA bfm;
COMMENT ON SCHEMA bfm IS 'Ledger of BFM, Backend For Migrations. Written by BFM only.';

CREATE TABLE bfm.format (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version integer NOT NULL CHECK (version > 0),
  written_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO bfm.format (version) VALUES (${LEDGER_FORMAT});

CREATE TABLE bfm.scope (
  scope_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  connection text NOT NULL CHECK (connection <> ''),
  schema_name text NOT NULL CHECK (schema_name <> ''),
  schema_oid oid,
  database_identity text NOT NULL,
  fence_token bigint NOT NULL CHECK (fence_token > 0),
  fence_holder text NOT NULL,
  fenced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  retired_at timestamptz
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX scope_current ON bfm.scope (connection, schema_name) WHERE retired_at IS NULL;

CREATE TABLE bfm.revision (
  revision_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration_id text NOT NULL,
  version text NOT NULL CHECK (version ~ '^[0-9]{14}$'),
  name text NOT NULL,
  checksum text NOT NULL,
  algorithm text NOT NULL,
  body text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (migration_id, checksum)
);

CREATE TABLE bfm.ledger (
  scope_id integer NOT NULL REFERENCES bfm.scope,
  migration_id text NOT NULL,
  revision_id integer NOT NULL REFERENCES bfm.revision,
  status text NOT NULL CHECK (status IN ('applied', 'failed', 'rolled_back', 'deferred')),
  run_id text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (scope_id, migration_id)
);

CREATE TABLE bfm.event (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scope_id integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('applied', 'rolled_back', 'failed', 'baselined', 'repaired')),
  migration_id text NOT NULL,
  revision_id integer NOT NULL,
  run_id text NOT NULL,
  actor text NOT NULL,
  fence_token bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_ms integer,
  error text
);

CREATE FUNCTION bfm.holder_of(p_schema text) RETURNS text LANGUAGE sql STABLE AS $body$
  SELECT coalesce((SELECT s.fence_holder FROM bfm.scope s WHERE s.schema_name = p_schema AND s.retired_at IS NULL
                   ORDER BY s.fenced_at DESC LIMIT 1), 'another session')
$body$;

CREATE FUNCTION bfm.take(
  p_connection text, p_schema text, p_holder text, p_identity text,
  OUT o_scope integer, OUT o_token bigint, OUT o_held_by text
) LANGUAGE plpgsql AS $body$
DECLARE
  v_key bigint := pg_catalog.hashtextextended('bfm ' || p_schema, 0);
  v_oid oid;
  v_scope bfm.scope%ROWTYPE;
BEGIN
  IF NOT pg_catalog.pg_try_advisory_lock(v_key) THEN
    o_held_by := bfm.holder_of(p_schema);
    RETURN;
  END IF;
  BEGIN
    -- A running transaction holds the row, whatever became of its session lock. Waiting for it would have no deadline.
    SELECT s.* INTO v_scope FROM bfm.scope s
      WHERE s.connection = p_connection AND s.schema_name = p_schema AND s.retired_at IS NULL FOR UPDATE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    PERFORM pg_catalog.pg_advisory_unlock(v_key);
    o_held_by := bfm.holder_of(p_schema);
    RETURN;
  END;
  -- Only now: what the last holder bound to the row and what exists must be read together.
  SELECT n.oid INTO v_oid FROM pg_catalog.pg_namespace n WHERE n.nspname = p_schema;
  o_token := coalesce(v_scope.fence_token, 0) + 1;
  IF v_scope.scope_id IS NOT NULL AND v_scope.database_identity = p_identity
     AND v_scope.schema_oid IS NOT NULL AND v_scope.schema_oid IS DISTINCT FROM v_oid THEN
    -- Dropped since, and perhaps made anew: what the old rows speak of is gone.
    UPDATE bfm.scope SET retired_at = clock_timestamp() WHERE scope_id = v_scope.scope_id;
    v_scope.scope_id := NULL;
  END IF;
  IF v_scope.scope_id IS NULL THEN
    INSERT INTO bfm.scope (connection, schema_name, schema_oid, database_identity, fence_token, fence_holder)
      VALUES (p_connection, p_schema, v_oid, p_identity, o_token, p_holder) RETURNING scope_id INTO o_scope;
  ELSE
    o_scope := v_scope.scope_id;
    UPDATE bfm.scope SET fence_token = o_token, fence_holder = p_holder, fenced_at = clock_timestamp(),
        schema_oid = coalesce(v_oid, schema_oid), database_identity = p_identity
      WHERE scope_id = o_scope;
  END IF;
END
$body$;

CREATE FUNCTION bfm.assert_fence(p_scope integer, p_token bigint, p_holder text, p_creating boolean) RETURNS void
LANGUAGE plpgsql AS $body$
DECLARE
  v_oid oid;
  v_schema text;
BEGIN
  SELECT s.schema_oid, s.schema_name INTO v_oid, v_schema FROM bfm.scope s
    WHERE s.scope_id = p_scope AND s.fence_token = p_token AND s.fence_holder = p_holder AND s.retired_at IS NULL
    FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'fence lost: another run has taken this target' USING ERRCODE = '${FENCE_SQLSTATE}';
  END IF;
  -- Without its schema, unqualified names would fall through to public.
  IF NOT p_creating AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_namespace n WHERE n.oid = v_oid AND n.nspname = v_schema) THEN
    RAISE EXCEPTION 'schema % is gone or was made anew', v_schema USING ERRCODE = '${SCHEMA_GONE_SQLSTATE}';
  END IF;
END
$body$;

CREATE FUNCTION bfm.open_step(
  p_scope integer, p_token bigint, p_holder text, p_creating boolean, p_path text, p_lock text, p_statement text
) RETURNS void LANGUAGE plpgsql AS $body$
DECLARE
  v_ignored text;
BEGIN
  PERFORM bfm.assert_fence(p_scope, p_token, p_holder, p_creating);
  -- A frozen client frees its locks after a minute, a killed one within half a second of a running statement. Texts mean
  -- to the server what they meant to the parser, and no notice that BFM listens for is held back.
  v_ignored := pg_catalog.set_config('lock_timeout', p_lock, true);
  v_ignored := pg_catalog.set_config('statement_timeout', p_statement, true);
  v_ignored := pg_catalog.set_config('client_connection_check_interval', '500ms', true);
  v_ignored := pg_catalog.set_config('idle_in_transaction_session_timeout', '60s', true);
  v_ignored := pg_catalog.set_config('standard_conforming_strings', 'on', true);
  v_ignored := pg_catalog.set_config('client_min_messages', 'notice', true);
  v_ignored := pg_catalog.set_config('search_path', p_path, true);
END
$body$;

CREATE FUNCTION bfm.record(
  p_scope integer, p_migration text, p_revision integer, p_run text, p_actor text, p_token bigint, p_up boolean
) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
  IF p_up THEN
    INSERT INTO bfm.ledger AS l (scope_id, migration_id, revision_id, status, run_id)
    VALUES (p_scope, p_migration, p_revision, 'applied', p_run)
    ON CONFLICT (scope_id, migration_id) DO UPDATE
      SET revision_id = excluded.revision_id, status = 'applied', run_id = excluded.run_id,
          changed_at = clock_timestamp()
      WHERE l.status <> 'applied';
  ELSE
    UPDATE bfm.ledger SET status = 'rolled_back', run_id = p_run, changed_at = clock_timestamp()
    WHERE scope_id = p_scope AND migration_id = p_migration AND status = 'applied';
  END IF;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the ledger already says that % is %', p_migration,
      CASE WHEN p_up THEN 'applied' ELSE 'not applied' END USING ERRCODE = '${ALREADY_RECORDED_SQLSTATE}';
  END IF;
  INSERT INTO bfm.event (scope_id, kind, migration_id, revision_id, run_id, actor, fence_token, duration_ms)
  VALUES (p_scope, CASE WHEN p_up THEN 'applied' ELSE 'rolled_back' END, p_migration, p_revision, p_run, p_actor, p_token,
          (extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000)::integer);
END
$body$;
`;
