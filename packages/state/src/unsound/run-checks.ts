/**
 * Ends a run unless it has ended, and puts right what else is wrong with it. The trigger lets nobody touch what has ended; a
 * constraint that waits for COMMIT would keep it from being put in force again.
 */
const END_RUN =
  `format($mend$BEGIN; SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE %1$I.run DISABLE TRIGGER run_guarded;
UPDATE %1$I.attempt SET ended_at = greatest(started_at, now()), ended_as = 'lost' WHERE run_id = %2$L AND ended_at IS NULL;
UPDATE %1$I.run SET status = CASE WHEN status IN ('succeeded', 'failed', 'needs_attention') THEN status ELSE 'cancelled' END,
  direction = CASE direction WHEN 'down' THEN 'down' ELSE 'up' END, worker = NULL, lease_until = NULL, pause_requested_at = NULL,
  fence = (SELECT coalesce(max(a.fence), 0) FROM %1$I.attempt a WHERE a.run_id = %2$L AND a.fence > 0),
  created_at = least(created_at, now()), started_at = greatest(least(started_at, now()), least(created_at, now())),
  finished_at = coalesce(least(finished_at, now()), now()) WHERE id = %2$L;
ALTER TABLE %1$I.run ENABLE TRIGGER run_guarded; COMMIT$mend$, current_schema(), id)`.replaceAll(
    /\n +|\n/g,
    ' ',
  );

/**
 * Runs that cannot be as they are. Each query answers key, problem and the statement that mends it; constraints keep all of
 * it out, unless somebody has dropped them or written past them.
 */
export const RUN_CHECKS: readonly string[] = [
  `
SELECT format('id %s', id) AS key, format('its status is %s, which there is not', to_json(status)) AS problem, ${END_RUN} AS mend
FROM run WHERE status NOT IN ('queued', 'paused', 'running', 'succeeded', 'failed', 'cancelled', 'needs_attention') ORDER BY id LIMIT 20`,
  `
SELECT format('id %s', id) AS key, format('its direction is %s, which there is not', to_json(direction)) AS problem, ${END_RUN} AS mend
FROM run WHERE direction NOT IN ('up', 'down') ORDER BY id LIMIT 20`,
  `
SELECT format('id %s', id) AS key, format('its fence is %s, and fences begin at 0', fence) AS problem, ${END_RUN} AS mend
FROM run WHERE fence < 0 ORDER BY id LIMIT 20`,
  `
SELECT format('id %s', id) AS key, format('it was taken under fence %s, and no attempt says by whom', fence) AS problem, ${END_RUN} AS mend
FROM run WHERE fence > 0 AND NOT EXISTS (SELECT FROM attempt WHERE attempt.run_id = run.id AND attempt.fence = run.fence)
ORDER BY id LIMIT 20`,
  `
SELECT format('id %s', id) AS key, 'it is running, and nobody has it' AS problem, ${END_RUN} AS mend
FROM run WHERE status = 'running' AND (worker IS NULL OR lease_until IS NULL) ORDER BY id LIMIT 20`,
  `
SELECT format('id %s', id) AS key, 'what it was asked for, or its plan, is not in the form that BFM writes' AS problem, ${END_RUN} AS mend
FROM run WHERE status IN ('queued', 'paused', 'running') AND (jsonb_typeof(request) <> 'object' OR jsonb_typeof(options) <> 'object'
  OR jsonb_typeof(plan) <> 'object' OR jsonb_typeof(plan -> 'groups') IS DISTINCT FROM 'array') ORDER BY id LIMIT 20`,
  `
SELECT format('id %s', id) AS key, format('it is from %s, and here it is %s', greatest(created_at, started_at, finished_at), now()) AS problem,
  ${END_RUN} AS mend
FROM run WHERE greatest(created_at, started_at, finished_at) > now() + interval '1 hour' ORDER BY id LIMIT 20`,
  `
SELECT format('id %s', id) AS key, format('its lease lasts until %s, and here it is %s: another worker takes it over', lease_until, now()) AS problem,
  format('UPDATE %I.run SET lease_until = now() WHERE id = %L', current_schema(), id) AS mend
FROM run WHERE status = 'running' AND lease_until > now() + interval '1 day' ORDER BY id LIMIT 20`,
];
