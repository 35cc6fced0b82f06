/** A statement that breaks one promise of the tables, and the constraint that must say no. Each is tried in a state with the rows of {@link SOUND_ROWS}. */
export interface BrokenPromise {
  readonly constraint: string;
  readonly sql: string;
}

const H = `repeat('a', 64)`;
const RUN_A = `'00000000-0000-4000-8000-00000000000a'`;
const RUN_B = `'00000000-0000-4000-8000-00000000000b'`;
const RUN_C = `'00000000-0000-4000-8000-00000000000c'`;
const NOBODY = `'00000000-0000-4000-8000-0000000000ff'`;

/** A waiting run, one that is held, one that has ended, and one row of everything else. */
export const SOUND_ROWS = `
INSERT INTO run (id, direction, request, options, plan, plan_digest, actor, method, context)
SELECT id::uuid, 'up', '{}', '{}', '{}', ${H}, 'ann', 'http', '{}' FROM unnest(ARRAY[${RUN_A}, ${RUN_B}, ${RUN_C}]) AS id;
INSERT INTO attempt (run_id, fence, worker) VALUES (${RUN_B}, 1, 'w'), (${RUN_C}, 1, 'w');
UPDATE run SET status = 'running', fence = 1, worker = 'w', started_at = clock_timestamp(), lease_until = clock_timestamp() + interval '1 hour'
WHERE id IN (${RUN_B}, ${RUN_C});
UPDATE run SET status = 'succeeded', worker = NULL, lease_until = NULL, finished_at = clock_timestamp(), summary = '{}' WHERE id = ${RUN_C};
UPDATE attempt SET ended_at = clock_timestamp(), ended_as = 'succeeded' WHERE run_id = ${RUN_C};
INSERT INTO step (run_id, position, migration_id, connection, schema, backend, direction, outcome, attempts, duration_ms, fence)
VALUES (${RUN_B}, 1, 'm', 'core', 's', 'postgresql', 'up', 'applied', 1, 1, 1);
INSERT INTO run_event (run_id, seq, type, body) VALUES (${RUN_B}, 1, 'a', '{}');
INSERT INTO projection (connection, schema, migration_id, backend, status, applied_at) VALUES ('core', 's', 'm', 'postgresql', 'applied', now());
INSERT INTO known_migration (id, version, name, backend, connection, up_text, dependencies, tags, present)
VALUES ('20250101000000_a_postgresql_core', '20250101000000', 'a', 'postgresql', 'core', 'x', '[]', '[]', true);
INSERT INTO skipped (migration_id, connection, schema, backend, actor, method, context) VALUES ('m', 'core', 's', 'postgresql', 'ann', 'http', '{}');
INSERT INTO token (id, kind, name, role, secret_hash, last_four, created_by, expires_at)
VALUES ('aaaaaaaa', 'api', 'ci', 'admin', ${H}, 'abcd', 'ann', now() + interval '90 days');
INSERT INTO audit (actor, action, object, result, detail) VALUES ('ann', 'run.start', 'run', 'ok', '{}');
INSERT INTO idempotency_key (caller, route, key, request_hash, busy_until, expires_at)
VALUES ('c', 'r', 'k', ${H}, now() + interval '1 second', now() + interval '1 day');
INSERT INTO slot_store (store) VALUES ('S');
INSERT INTO connection_slot (store, slot, holder, lease_until) VALUES ('S', 1, 'h', now());
INSERT INTO slot_waiter (store, holder, waits_until) VALUES ('S', 'h', now());
`;

const of = (constraint: string, sql: string): BrokenPromise => ({ constraint, sql });
const run = (constraint: string, set: string, id = RUN_A): BrokenPromise =>
  of(constraint, `UPDATE run SET ${set} WHERE id = ${id}`);
const newRun = (constraint: string, column: string, value: string): BrokenPromise => {
  const columns = new Map([
    ['id', NOBODY],
    ['direction', `'up'`],
    ['request', `'{}'`],
    ['options', `'{}'`],
    ['plan', `'{}'`],
    ['plan_digest', H],
    ['actor', `'ann'`],
    ['method', `'http'`],
    ['context', `'{}'`],
    [column, value],
  ]);
  return of(
    constraint,
    `INSERT INTO run (${[...columns.keys()].join(', ')}) VALUES (${[...columns.values()].join(', ')})`,
  );
};
const step = (constraint: string, set: string): BrokenPromise => of(constraint, `UPDATE step SET ${set}`);
const token = (constraint: string, set: string): BrokenPromise => of(constraint, `UPDATE token SET ${set}`);
const known = (constraint: string, set: string): BrokenPromise =>
  of(constraint, `UPDATE known_migration SET ${set}`);
const newStep = (
  constraint: string,
  parts: { run?: string; position?: number; fence?: number; schema?: string },
): BrokenPromise => {
  const { run: of_ = RUN_B, position = 2, fence = 1, schema = 't' } = parts;
  return of(
    constraint,
    `INSERT INTO step (run_id, position, migration_id, connection, schema, backend, direction, outcome, attempts, duration_ms, fence)
     VALUES (${of_}, ${position}, 'm', 'core', '${schema}', 'postgresql', 'up', 'applied', 1, 1, ${fence})`,
  );
};
const newToken = (
  constraint: string,
  parts: {
    id?: string;
    name?: string;
    hash?: string;
    kind?: string;
    role?: string;
    ends?: string;
    lastFour?: string;
  },
): BrokenPromise => {
  const {
    id = 'bbbbbbbb',
    name = 'other',
    hash = `repeat('b', 64)`,
    kind = 'api',
    role = 'admin',
    ends = '1 day',
    lastFour = 'abcd',
  } = parts;
  return of(
    constraint,
    `INSERT INTO token (id, kind, name, role, secret_hash, last_four, created_by, expires_at)
     VALUES ('${id}', '${kind}', ${name.startsWith('repeat') ? name : `'${name}'`}, '${role}', ${hash}, '${lastFour}', 'ann', now() + interval '${ends}')`,
  );
};
const newKey = (
  constraint: string,
  parts: { caller?: string; key?: string; hash?: string; busy?: string; ends?: string; run?: string },
): BrokenPromise => {
  const { caller = 'd', key = `'k'`, hash = H, busy = '1 second', ends = '1 day', run: of_ = 'NULL' } = parts;
  return of(
    constraint,
    `INSERT INTO idempotency_key (caller, route, key, request_hash, run_id, busy_until, expires_at)
     VALUES ('${caller}', 'r', ${key}, ${hash}, ${of_}, now() + interval '${busy}', now() + interval '${ends}')`,
  );
};

/** Every promise, at least once. */
export const BROKEN_PROMISES: readonly BrokenPromise[] = [
  of('state_version_pkey', `INSERT INTO state_version (version) VALUES ('20990101000000')`),
  of(
    'state_version_one_row',
    `INSERT INTO state_version (one_row, version) VALUES (false, '20990101000000')`,
  ),
  of('state_version_digits', `UPDATE state_version SET version = 'newest'`),

  newRun('run_pkey', 'id', RUN_A),
  newRun('run_direction_known', 'direction', `'sideways'`),
  newRun('run_method_known', 'method', `'telepathy'`),
  newRun('run_digest_is_sha256', 'plan_digest', `'no hash'`),
  newRun('run_actor_named', 'actor', `''`),
  run('run_status_known', `status = 'pondering', finished_at = clock_timestamp()`),
  newRun('run_fence_grows_from_zero', 'fence', '-1'),
  newRun('run_fence_has_attempt', 'fence', '1'),
  newRun('run_held_while_running', 'worker', `'w'`),
  newRun('run_held_while_running', 'lease_until', 'now()'),
  newRun('run_ended_has_end', 'finished_at', `now() + interval '1 hour'`),
  newRun('run_events_bounded', 'event_seq', '1000001'),
  run('run_running_was_taken', `status = 'running', worker = 'w', lease_until = now()`),
  run('run_ended_has_end', `status = 'cancelled'`),
  run('run_ended_has_summary', `status = 'failed', finished_at = clock_timestamp()`),
  run('run_failed_knows_why', `status = 'needs_attention', finished_at = clock_timestamp(), summary = '{}'`),
  run('run_paused_was_asked', `status = 'paused'`),
  run('run_pause_concerns_open', `pause_requested_at = now()`),
  run(
    'run_paused_is_not_cancelled',
    `status = 'paused', pause_requested_at = now(), cancel_requested_at = now()`,
  ),
  of(
    'run_paused_is_not_taken',
    `UPDATE run SET status = 'paused', pause_requested_at = now() WHERE id = ${RUN_A}; UPDATE run SET fence = 1 WHERE id = ${RUN_A}`,
  ),
  run('run_times_in_order', `started_at = created_at - interval '1 second'`),
  run('run_times_in_order', `status = 'cancelled', finished_at = created_at - interval '1 second'`),
  run('run_fence_has_attempt', 'fence = 1'),
  run('run_fence_never_falls', 'fence = 0', RUN_B),
  run('run_fence_never_falls', `worker = 'another'`, RUN_B),
  run('run_request_stays', `request = '{"more": true}'`),
  run('run_request_stays', `actor = 'somebody else'`),
  run('run_request_stays', `plan_digest = repeat('b', 64)`),
  run('run_request_stays', `created_at = created_at - interval '1 year'`),
  run('run_ended_stays', `status = 'failed'`, RUN_C),
  run('run_ended_stays', `summary = '{"applied": 7}'`, RUN_C),

  of(
    'attempt_pkey',
    `INSERT INTO attempt (run_id, fence, worker, ended_at, ended_as) VALUES (${RUN_B}, 1, 'x', now() + interval '1 hour', 'lost')`,
  ),
  of('attempt_run_id_fkey', `INSERT INTO attempt (run_id, fence, worker) VALUES (${NOBODY}, 1, 'x')`),
  of('attempt_fence_positive', `INSERT INTO attempt (run_id, fence, worker) VALUES (${RUN_A}, 0, 'x')`),
  of('attempt_follows_another', `INSERT INTO attempt (run_id, fence, worker) VALUES (${RUN_A}, 2, 'x')`),
  of('attempt_one_open', `INSERT INTO attempt (run_id, fence, worker) VALUES (${RUN_B}, 2, 'x')`),
  of(
    'attempt_end_known',
    `UPDATE attempt SET ended_at = clock_timestamp(), ended_as = 'somehow' WHERE run_id = ${RUN_B}`,
  ),
  of('attempt_ended_wholly', `UPDATE attempt SET ended_as = 'lost' WHERE run_id = ${RUN_B}`),
  of(
    'attempt_times_in_order',
    `UPDATE attempt SET ended_at = started_at - interval '1 second', ended_as = 'lost' WHERE run_id = ${RUN_B}`,
  ),

  newStep('step_pkey', { position: 1 }),
  newStep('step_once_per_target', { schema: 's' }),
  newStep('step_of_an_attempt', { fence: 2 }),
  newStep('step_run_id_fkey', { run: NOBODY }),
  newStep('step_position_positive', { position: 0 }),
  step('step_backend_known', `backend = 'mysql'`),
  step('step_direction_known', `direction = 'sideways', outcome = 'skipped'`),
  step('step_outcome_known', `outcome = 'planned'`),
  step('step_outcome_fits', `direction = 'down'`),
  step('step_failure_knows_why', `outcome = 'failed'`),
  step('step_failure_knows_why', `outcome = 'needs_attention'`),
  step('step_counts_positive', 'attempts = -1'),
  step('step_counts_positive', 'duration_ms = -1'),

  of('run_event_pkey', `INSERT INTO run_event (run_id, seq, type, body) VALUES (${RUN_B}, 1, 'a', '{}')`),
  of(
    'run_event_run_id_fkey',
    `INSERT INTO run_event (run_id, seq, type, body) VALUES (${NOBODY}, 1, 'a', '{}')`,
  ),
  of(
    'run_event_follows_another',
    `INSERT INTO run_event (run_id, seq, type, body) VALUES (${RUN_B}, 3, 'a', '{}')`,
  ),
  of(
    'run_event_seq_positive',
    `INSERT INTO run_event (run_id, seq, type, body) VALUES (${RUN_B}, 0, 'a', '{}')`,
  ),
  of(
    'run_event_small',
    `INSERT INTO run_event (run_id, seq, type, body) VALUES (${RUN_B}, 2, 'a', to_jsonb(repeat('x', 65536)))`,
  ),

  of(
    'projection_pkey',
    `INSERT INTO projection (connection, schema, migration_id, backend, status) VALUES ('core', 's', 'm', 'postgresql', 'pending')`,
  ),
  of('projection_backend_known', `UPDATE projection SET backend = 'mysql'`),
  of('projection_status_known', `UPDATE projection SET status = 'maybe'`),
  of('projection_applied_has_time', `UPDATE projection SET applied_at = NULL`),
  of('projection_failed_knows_why', `UPDATE projection SET status = 'failed'`),

  of('known_migration_pkey', `INSERT INTO known_migration SELECT * FROM known_migration`),
  known('known_migration_version_digits', `version = 'v1', id = 'v1_a_postgresql_core'`),
  known('known_migration_backend_known', `backend = 'mysql', id = '20250101000000_a_mysql_core'`),
  known('known_migration_id_fits', `name = 'b'`),
  known('known_migration_lists', `tags = '{}'`),
  known('known_migration_lists', `dependencies = '"core/a"'`),
  known('known_migration_times_in_order', `last_seen_at = first_seen_at - interval '1 second'`),
  of('known_migration_stays', 'DELETE FROM known_migration'),
  of('known_migration_stays', 'TRUNCATE known_migration'),

  of('skipped_pkey', `INSERT INTO skipped OVERRIDING SYSTEM VALUE SELECT * FROM skipped`),
  of('skipped_backend_known', `UPDATE skipped SET backend = 'mysql'`),
  of('skipped_method_known', `UPDATE skipped SET method = 'telepathy'`),

  newToken('token_pkey', { id: 'aaaaaaaa' }),
  newToken('token_name_once', { name: 'ci' }),
  newToken('token_hash_once', { hash: H }),
  newToken('token_id_plain', { id: 'NOT PLAIN' }),
  newToken('token_kind_plain', { kind: 'A' }),
  newToken('token_name_short', { name: '' }),
  newToken('token_name_short', { name: `repeat('x', 101)` }),
  newToken('token_role_known', { role: 'god' }),
  newToken('token_hash_is_sha256', { hash: `'the secret itself'` }),
  newToken('token_last_four', { lastFour: 'abcde' }),
  newToken('token_ends', { ends: '400 days' }),
  newToken('token_ends', { ends: '-1 day' }),
  token('token_only_ends', `expires_at = expires_at + interval '1 day'`),
  token('token_only_ends', `role = 'viewer'`),
  token('token_only_ends', `secret_hash = repeat('c', 64)`),
  of('token_only_ends', `UPDATE token SET revoked_at = now(); UPDATE token SET revoked_at = NULL`),

  of('audit_pkey', `INSERT INTO audit OVERRIDING SYSTEM VALUE SELECT * FROM audit`),
  of(
    'audit_result_known',
    `INSERT INTO audit (actor, action, object, result, detail) VALUES ('a', 'b', 'c', 'perhaps', '{}')`,
  ),
  of(
    'audit_says_who_and_what',
    `INSERT INTO audit (actor, action, object, result, detail) VALUES ('', 'b', 'c', 'ok', '{}')`,
  ),
  of(
    'audit_says_who_and_what',
    `INSERT INTO audit (actor, action, object, result, detail) VALUES ('a', '', 'c', 'ok', '{}')`,
  ),
  of('audit_stays', `UPDATE audit SET actor = 'nobody'`),
  of('audit_stays', 'DELETE FROM audit'),
  of('audit_stays', 'TRUNCATE audit'),

  newKey('idempotency_key_pkey', { caller: 'c' }),
  newKey('idempotency_key_run_id_fkey', { run: NOBODY }),
  newKey('idempotency_key_length', { key: `''` }),
  newKey('idempotency_key_length', { key: `repeat('é', 128)` }),
  newKey('idempotency_key_hash_is_sha256', { hash: `'no hash'` }),
  newKey('idempotency_key_ends', { ends: '-1 second', busy: '-2 seconds' }),
  newKey('idempotency_key_ends', { ends: '1 second', busy: '2 seconds' }),

  of('slot_store_pkey', `INSERT INTO slot_store (store) VALUES ('S')`),
  of(
    'connection_slot_pkey',
    `INSERT INTO connection_slot (store, slot, holder, lease_until) VALUES ('S', 1, 'i', now())`,
  ),
  of(
    'connection_slot_store_fkey',
    `INSERT INTO connection_slot (store, slot, holder, lease_until) VALUES ('T', 1, 'h', now())`,
  ),
  of(
    'connection_slot_once_per_holder',
    `INSERT INTO connection_slot (store, slot, holder, lease_until) VALUES ('S', 2, 'h', now())`,
  ),
  of(
    'connection_slot_positive',
    `INSERT INTO connection_slot (store, slot, holder, lease_until) VALUES ('S', 0, 'i', now())`,
  ),
  of('slot_waiter_pkey', `INSERT INTO slot_waiter (store, holder, waits_until) VALUES ('S', 'h', now())`),
  of(
    'slot_waiter_store_fkey',
    `INSERT INTO slot_waiter (store, holder, waits_until) VALUES ('T', 'h', now())`,
  ),
];
