import { RUN_CHECKS } from './run-checks.ts';

/** Queries for rows that no BFM can have written, by table: key, problem and the statement that mends it, at most 20 of a kind. */
export const ROW_CHECKS: Readonly<Record<string, readonly string[]>> = {
  run: RUN_CHECKS,
  attempt: [
    `
SELECT format('run_id %s, fence %s', run_id, fence) AS key, 'the run that it is of is not there' AS problem,
  format('DELETE FROM %I.attempt WHERE run_id = %L AND fence = %s', current_schema(), run_id, fence) AS mend
FROM attempt WHERE NOT EXISTS (SELECT FROM run WHERE run.id = attempt.run_id) ORDER BY run_id, fence LIMIT 20`,
    `
SELECT format('run_id %s, fence %s', run_id, fence) AS key, 'it is open, and so is a later one of the same run' AS problem,
  format('UPDATE %I.attempt SET ended_at = greatest(started_at, now()), ended_as = ''lost'' WHERE run_id = %L AND fence = %s',
    current_schema(), run_id, fence) AS mend
FROM attempt WHERE ended_at IS NULL AND EXISTS (
  SELECT FROM attempt AS later WHERE later.run_id = attempt.run_id AND later.fence > attempt.fence AND later.ended_at IS NULL)
ORDER BY run_id, fence LIMIT 20`,
    `
SELECT format('run_id %s, fence %s', run_id, attempt.fence) AS key, format('it is open, and its run is %s', run.status) AS problem,
  format('UPDATE %I.attempt SET ended_at = greatest(started_at, now()), ended_as = ''lost'' WHERE run_id = %L AND fence = %s',
    current_schema(), run_id, attempt.fence) AS mend
FROM attempt JOIN run ON run.id = attempt.run_id
WHERE ended_at IS NULL AND run.status IN ('queued', 'paused', 'succeeded', 'failed', 'cancelled', 'needs_attention') ORDER BY run_id, attempt.fence LIMIT 20`,
  ],
  step: [
    `
SELECT format('run_id %s, position %s', run_id, position) AS key, 'the run or the attempt that it is of is not there' AS problem,
  format('DELETE FROM %I.step WHERE run_id = %L AND position = %s', current_schema(), run_id, position) AS mend
FROM step WHERE NOT EXISTS (SELECT FROM run WHERE run.id = step.run_id)
  OR NOT EXISTS (SELECT FROM attempt WHERE attempt.run_id = step.run_id AND attempt.fence = step.fence)
ORDER BY run_id, position LIMIT 20`,
    `
SELECT format('run_id %s, position %s', run_id, position) AS key, format('its outcome is %s, which there is not', to_json(outcome)) AS problem,
  format('DELETE FROM %I.step WHERE run_id = %L AND position = %s', current_schema(), run_id, position) AS mend
FROM step WHERE outcome NOT IN ('applied', 'rolled_back', 'skipped', 'failed', 'not_started', 'needs_attention') ORDER BY run_id, position LIMIT 20`,
  ],
  run_event: [
    `
SELECT format('run_id %s', run_id) AS key, 'the run that its events are of is not there' AS problem,
  format('DELETE FROM %I.run_event WHERE run_id = %L', current_schema(), run_id) AS mend
FROM (SELECT DISTINCT run_id FROM run_event WHERE NOT EXISTS (SELECT FROM run WHERE run.id = run_event.run_id)) AS lost
ORDER BY run_id LIMIT 20`,
  ],
  projection: [
    `
SELECT format('connection %s, schema %s, migration_id %s', connection, schema, migration_id) AS key,
  CASE WHEN applied_at > now() + interval '1 hour' THEN format('it is from %s, and here it is %s', applied_at, now())
       ELSE format('its status is %s, which there is not', to_json(status)) END AS problem,
  'bfm repair projection' AS mend
FROM projection WHERE status NOT IN ('pending', 'applied', 'failed', 'rolled_back', 'needs_attention') OR applied_at > now() + interval '1 hour'
ORDER BY connection, schema, migration_id LIMIT 20`,
  ],
  known_migration: [
    `
SELECT format('id %s', id) AS key, 'its dependencies or tags are no list' AS problem,
  format('UPDATE %I.known_migration SET dependencies = ''[]'', tags = ''[]'' WHERE id = %L', current_schema(), id) AS mend
FROM known_migration WHERE jsonb_typeof(dependencies) <> 'array' OR jsonb_typeof(tags) <> 'array' ORDER BY id LIMIT 20`,
    `
SELECT format('id %s', id) AS key, format('it was seen at %s, and here it is %s', greatest(first_seen_at, last_seen_at), now()) AS problem,
  format('UPDATE %I.known_migration SET first_seen_at = least(first_seen_at, now()), last_seen_at = least(last_seen_at, now()) WHERE id = %L',
    current_schema(), id) AS mend
FROM known_migration WHERE greatest(first_seen_at, last_seen_at) > now() + interval '1 hour' ORDER BY id LIMIT 20`,
  ],
  idempotency_key: [
    `
SELECT format('caller %s, route %s, key %s', caller, route, key) AS key,
  CASE WHEN created_at > now() + interval '1 hour' THEN format('it is from %s, and here it is %s', created_at, now())
       ELSE format('it stands for run %s, which is not there', run_id) END AS problem,
  format('DELETE FROM %I.idempotency_key WHERE caller = %L AND route = %L AND key = %L', current_schema(), caller, route, key) AS mend
FROM idempotency_key
WHERE created_at > now() + interval '1 hour'
  OR (run_id IS NOT NULL AND NOT EXISTS (SELECT FROM run WHERE run.id = idempotency_key.run_id))
ORDER BY caller, route, key LIMIT 20`,
  ],
  token: [
    `
SELECT format('id %s', id) AS key,
  CASE WHEN role NOT IN ('admin', 'viewer') THEN format('its role is %s, which there is not', to_json(role))
       ELSE format('it was made at %s, and here it is %s', created_at, now()) END AS problem,
  format('UPDATE %I.token SET revoked_at = now() WHERE id = %L', current_schema(), id) AS mend
FROM token WHERE revoked_at IS NULL AND (role NOT IN ('admin', 'viewer') OR created_at > now() + interval '1 hour') ORDER BY id LIMIT 20`,
  ],
  connection_slot: [
    `
SELECT format('store %s, slot %s', store, slot) AS key, format('its lease lasts until %s, and here it is %s', lease_until, now()) AS problem,
  format('DELETE FROM %I.connection_slot WHERE store = %L AND slot = %s', current_schema(), store, slot) AS mend
FROM connection_slot WHERE lease_until > now() + interval '1 day' ORDER BY store, slot LIMIT 20`,
  ],
};
