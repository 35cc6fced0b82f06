import { FENCE_SEEN } from './digest-functions.ts';
import { ALREADY_RECORDED_SQLSTATE, FENCE_SQLSTATE, SCHEMA_GONE_SQLSTATE } from '../pg-errors.ts';

/** Asserts the fence and keeps it until the transaction ends. Written into its callers: a call costs as much as it does. */
const FENCE = `  SELECT s.schema_name, s.schema_oid = pg_catalog.to_regnamespace(pg_catalog.quote_ident(s.schema_name))::oid
    INTO v_schema, v_is_there FROM bfm.scope s
    WHERE s.scope_id = p_scope AND s.fence_token = p_token AND s.fence_holder = p_holder AND s.retired_at IS NULL
    FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'fence lost: another run has taken this target' USING ERRCODE = '${FENCE_SQLSTATE}';
  END IF;
  -- Without its schema, or the right to use it, unqualified names would fall through to public.
  IF NOT p_creating AND v_is_there IS NOT TRUE THEN
    RAISE EXCEPTION 'schema % is gone or was made anew', v_schema USING ERRCODE = '${SCHEMA_GONE_SQLSTATE}';
  END IF;
  IF NOT p_creating AND NOT pg_catalog.has_schema_privilege(v_schema, 'USAGE') THEN
    RAISE EXCEPTION 'permission denied for schema %', v_schema USING ERRCODE = 'insufficient_privilege';
  END IF;`;

/** Whatever a migration has put into the setting says nothing: only the row that is written next does. */
const FORGET_SEEN = `  v_ignored := set_config('${FENCE_SEEN}', '', true);`;

/**
 * Asserts the fence by what the row that was just written has seen of it, and raises as `assert_fence` does. Without its
 * trigger nothing was seen, and nothing passes. That the schema is gone passes where the last statement has dropped it: of
 * anything behind a drop nobody knows where it went.
 */
const ASSERT_SEEN = `  IF current_setting('${FENCE_SEEN}', true) IS DISTINCT FROM p_scope || ' ' || p_token || ' ok ' || p_holder
    AND NOT (p_drops AND current_setting('${FENCE_SEEN}', true) = p_scope || ' ' || p_token || ' gone ' || p_holder) THEN
    PERFORM bfm.assert_fence(p_scope, p_token, p_holder, false);
    RAISE EXCEPTION 'the triggers of bfm.ledger are off or changed: nothing is applied without them';
  END IF;`;

/**
 * What a step's statements rely on. A frozen client frees its locks when its session
 * has been silent for too long, a killed one within half a second of
 * a running statement. Texts mean to the server what they meant to the parser, and no notice that BFM listens for is
 * held back. The path is the last: until then the functions of this transaction find their plans as they left them.
 */
const SETTINGS = `
  v_ignored := pg_catalog.set_config('lock_timeout', p_lock, true);
  v_ignored := pg_catalog.set_config('statement_timeout', p_statement, true);
  v_ignored := pg_catalog.set_config('client_connection_check_interval', '500ms', true);
  v_ignored := pg_catalog.set_config('idle_in_transaction_session_timeout',
    coalesce(nullif(pg_catalog.current_setting('bfm.idle_timeout', true), ''), '60s'), true);
  v_ignored := pg_catalog.set_config('standard_conforming_strings', 'on', true);
  v_ignored := pg_catalog.set_config('client_min_messages', 'notice', true);
  v_ignored := pg_catalog.set_config('search_path', p_path, true);`;

/**
 * The functions of the ledger, for every format: made anew after each upgrade. A signature that older programs call is
 * never changed, so that a run that began before an upgrade can end after it.
 */
export const LEDGER_FUNCTIONS = `
CREATE OR REPLACE FUNCTION bfm.holder_of(p_schema text) RETURNS text LANGUAGE sql STABLE AS $body$
  SELECT coalesce((SELECT s.fence_holder FROM bfm.scope s WHERE s.schema_name = p_schema AND s.retired_at IS NULL
                   ORDER BY s.fenced_at DESC LIMIT 1), 'another session')
$body$;

CREATE OR REPLACE FUNCTION bfm.take_fence(
  p_connection text, p_schema text, p_holder text, p_identity text,
  OUT o_scope integer, OUT o_token bigint, OUT o_held_by text
) LANGUAGE plpgsql AS $body$
DECLARE
  v_oid oid;
  v_scope bfm.scope%ROWTYPE;
BEGIN
  BEGIN
    -- A running transaction holds the row, whatever became of its session lock. Waiting for it would have no deadline.
    SELECT s.* INTO v_scope FROM bfm.scope s
      WHERE s.connection = p_connection AND s.schema_name = p_schema AND s.retired_at IS NULL FOR UPDATE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
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

CREATE OR REPLACE FUNCTION bfm.take(
  p_connection text, p_schema text, p_holder text, p_identity text,
  OUT o_scope integer, OUT o_token bigint, OUT o_held_by text
) LANGUAGE plpgsql AS $body$
DECLARE
  v_key bigint := pg_catalog.hashtextextended('bfm ' || p_schema, 0);
BEGIN
  IF NOT pg_catalog.pg_try_advisory_lock(v_key) THEN
    o_held_by := bfm.holder_of(p_schema);
    RETURN;
  END IF;
  SELECT f.o_scope, f.o_token, f.o_held_by INTO o_scope, o_token, o_held_by
    FROM bfm.take_fence(p_connection, p_schema, p_holder, p_identity) f;
  IF o_scope IS NULL THEN
    PERFORM pg_catalog.pg_advisory_unlock(v_key);
  END IF;
END
$body$;

CREATE OR REPLACE FUNCTION bfm.assert_fence(p_scope integer, p_token bigint, p_holder text, p_creating boolean) RETURNS void
LANGUAGE plpgsql AS $body$
DECLARE
  v_is_there boolean;
  v_schema text;
BEGIN
${FENCE}
END
$body$;

CREATE OR REPLACE FUNCTION bfm.open_step(
  p_scope integer, p_token bigint, p_holder text, p_creating boolean, p_path text, p_lock text, p_statement text
) RETURNS void LANGUAGE plpgsql AS $body$
DECLARE
  v_is_there boolean;
  v_schema text;
  v_ignored text;
BEGIN
${FENCE}
${SETTINGS}
END
$body$;

CREATE OR REPLACE FUNCTION bfm.begin_step(p_schema text, p_path text, p_lock text, p_statement text) RETURNS void
LANGUAGE plpgsql AS $body$
DECLARE
  v_schema oid := pg_catalog.to_regnamespace(p_schema);
  v_ignored text;
BEGIN
  -- Without its schema, or the right to use it, unqualified names would fall through to public.
  IF v_schema IS NULL THEN
    RAISE EXCEPTION 'schema % is gone', p_schema USING ERRCODE = '${SCHEMA_GONE_SQLSTATE}';
  END IF;
  IF NOT pg_catalog.has_schema_privilege(v_schema, 'USAGE') THEN
    RAISE EXCEPTION 'permission denied for schema %', p_schema USING ERRCODE = 'insufficient_privilege';
  END IF;
${SETTINGS}
END
$body$;

CREATE OR REPLACE FUNCTION bfm.entries(p_connection text, p_schema text, p_known text[])
RETURNS TABLE (digest text, entries json)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $body$
BEGIN
  RETURN QUERY SELECT s.digest::text, CASE WHEN s.digest::text = ANY(p_known) THEN NULL ELSE coalesce((
      SELECT json_agg(json_build_array(l.migration_id, r.version, r.checksum, l.status, l.run_id))
      FROM bfm.ledger l JOIN bfm.revision r USING (revision_id) WHERE l.scope_id = s.scope_id), '[]') END
    FROM bfm.scope s WHERE s.connection = p_connection AND s.schema_name = p_schema AND s.retired_at IS NULL;
END
$body$;

CREATE OR REPLACE FUNCTION bfm.record_all(
  p_scope integer, p_migrations text[], p_revisions integer[], p_run text, p_actor text, p_token bigint, p_holder text,
  p_up boolean, p_drops boolean, p_duration_ms integer
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
DECLARE
  v_status text := CASE WHEN p_up THEN 'applied' ELSE 'rolled_back' END;
  v_inserted integer := 0;
  v_updated integer;
  v_ignored text;
BEGIN
${FORGET_SEEN}
  IF p_up THEN
    INSERT INTO bfm.ledger (scope_id, migration_id, revision_id, status, run_id)
    SELECT p_scope, n.migration_id, n.revision_id, v_status, p_run
    FROM unnest(p_migrations, p_revisions) AS n(migration_id, revision_id)
    ON CONFLICT (scope_id, migration_id) DO NOTHING;
    GET DIAGNOSTICS v_inserted = ROW_COUNT;
  END IF;
  IF v_inserted < cardinality(p_migrations) THEN
    UPDATE bfm.ledger l SET status = v_status, run_id = p_run, changed_at = clock_timestamp(),
        revision_id = CASE WHEN p_up THEN n.revision_id ELSE l.revision_id END
    FROM unnest(p_migrations, p_revisions) AS n(migration_id, revision_id)
    WHERE l.scope_id = p_scope AND l.migration_id = n.migration_id AND bfm.can_become(l.status, p_up);
    GET DIAGNOSTICS v_updated = ROW_COUNT;
    IF v_inserted + v_updated < cardinality(p_migrations) THEN
      RAISE EXCEPTION 'the ledger already says that % is %', array_to_string(p_migrations, ' or '),
        CASE WHEN p_up THEN 'applied' ELSE 'not applied' END USING ERRCODE = '${ALREADY_RECORDED_SQLSTATE}';
    END IF;
  END IF;
${ASSERT_SEEN}
  INSERT INTO bfm.event (scope_id, kind, migration_id, revision_id, run_id, actor, fence_token, duration_ms)
  SELECT p_scope, v_status, n.migration_id, n.revision_id, p_run, p_actor, p_token,
    coalesce(p_duration_ms, (extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000)::integer)
  FROM unnest(p_migrations, p_revisions) AS n(migration_id, revision_id);
END
$body$;

CREATE OR REPLACE FUNCTION bfm.can_become(p_status text, p_up boolean) RETURNS boolean LANGUAGE sql IMMUTABLE AS $body$
  SELECT CASE WHEN p_up THEN p_status NOT IN ('applied', 'undoing') ELSE p_status IN ('applied', 'undoing') END
$body$;

CREATE OR REPLACE FUNCTION bfm.record(
  p_scope integer, p_migration text, p_revision integer, p_run text, p_actor text, p_token bigint, p_holder text,
  p_up boolean, p_drops boolean
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
DECLARE
  v_ignored text;
BEGIN
${FORGET_SEEN}
  IF p_up THEN
    INSERT INTO bfm.ledger (scope_id, migration_id, revision_id, status, run_id)
    VALUES (p_scope, p_migration, p_revision, 'applied', p_run)
    ON CONFLICT (scope_id, migration_id) DO NOTHING;
  END IF;
  IF NOT p_up OR NOT FOUND THEN
    PERFORM bfm.record_all(p_scope, ARRAY[p_migration], ARRAY[p_revision], p_run, p_actor, p_token, p_holder, p_up, p_drops,
      NULL);
    RETURN;
  END IF;
${ASSERT_SEEN}
  INSERT INTO bfm.event (scope_id, kind, migration_id, revision_id, run_id, actor, fence_token, duration_ms)
  VALUES (p_scope, 'applied', p_migration, p_revision, p_run, p_actor, p_token,
          (extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000)::integer);
END
$body$;
`;
