import type { Failpoints, PlanStep } from '@bfm/core';
import type { PendingNote } from '@bfm/engine';
import type pg from 'pg';
import { withWrites } from './with-writes.ts';

/** A taken fence, as every write asserts it. */
export interface FenceHold {
  readonly scopeId: number;
  /** A decimal number as text: it may pass 2^53. */
  readonly token: string;
  readonly holder: string;
  readonly runId: string;
  readonly actor: string;
  /** By `migration_id checksum`. */
  readonly revisions: ReadonlyMap<string, number>;
}

/** The key of a revision in {@link FenceHold.revisions}. */
export function revisionKey(migrationId: string, checksum: string): string {
  return `${migrationId} ${checksum}`;
}

/**
 * Raises on the server when the fence is no longer ours or the schema is gone, and holds the scope's row until the
 * transaction ends. Nothing here is a named statement: a migration's DEALLOCATE ALL would take it away.
 *
 * @param creating the schema may be missing: it is created next, or nothing is done in it
 */
export function assertFenceQuery({ scopeId, token, holder }: FenceHold, creating: boolean): pg.QueryConfig {
  return { text: 'SELECT bfm.assert_fence($1, $2, $3, $4)', values: [scopeId, token, holder, creating] };
}

/**
 * The ledger row and event of a step, for the step's own transaction. Raises on the server, before anything can commit,
 * when the fence is no longer ours or the schema was made anew. A function of the ledger does it: its plans are
 * kept by the session, which named statements of our own would not survive.
 */
export function recordQuery(step: PlanStep, hold: FenceHold): pg.QueryConfig {
  const { scopeId, runId, actor, token, holder } = hold;
  const isUp = step.direction === 'up';
  return {
    text: 'SELECT bfm.record($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    values: [
      ...[scopeId, step.migrationId, revisionOf(step, hold), runId, actor, token, holder],
      ...[isUp, dropsSchema([step])],
    ],
  };
}

/**
 * The same for a step whose statements ran before the transaction that records it.
 *
 * @param durationMs what this run took for it
 */
export function recordLongQuery(step: PlanStep, hold: FenceHold, durationMs: number): pg.QueryConfig {
  return {
    text: 'SELECT bfm.record_all($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    values: [...recordValues([step], hold), Math.round(durationMs)],
  };
}

/** The ledger rows and events for all steps of one transaction, all in the same direction: one message however many. */
export function recordAllQuery(steps: readonly [PlanStep, ...PlanStep[]], hold: FenceHold): pg.QueryConfig {
  return {
    text: 'SELECT bfm.record_all($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)',
    values: [...recordValues(steps, hold)],
  };
}

function recordValues(steps: readonly [PlanStep, ...PlanStep[]], hold: FenceHold): readonly unknown[] {
  const { scopeId, runId, actor, token, holder } = hold;
  return [
    scopeId,
    toTextArray(steps.map(({ migrationId }) => migrationId)),
    toTextArray(steps.map((step) => String(revisionOf(step, hold)))),
    runId,
    actor,
    token,
    holder,
    steps[0].direction === 'up',
    dropsSchema(steps),
  ];
}

/** Whether the very last statement drops a schema, which may be the target's own. */
function dropsSchema(steps: readonly PlanStep[]): boolean {
  const text = steps.at(-1)?.statements.at(-1)?.text ?? '';
  return DROP_SCHEMA.test(text);
}

const DROP_SCHEMA = /^(?:\s|--[^\n]*\n|\/\*[^]*?\*\/)*drop\s+schema\b/i;

function revisionOf(step: PlanStep, { revisions }: FenceHold): number {
  const revision = revisions.get(revisionKey(step.migrationId, step.checksum));
  if (revision === undefined) throw new Error(`${step.migrationId} was not prepared`);
  return revision;
}

/** An array as the server reads it from text. */
function toTextArray(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

// What is applied stays applied, and what is partly there stays so: a note never takes that back.
const NOTED = `
INSERT INTO bfm.ledger AS l (scope_id, migration_id, revision_id, status, run_id)
SELECT $1, n.migration_id, r.revision_id, n.status, $2
FROM unnest($3::text[], $4::text[]) AS n(migration_id, status)
JOIN LATERAL (SELECT revision_id FROM bfm.revision r WHERE r.migration_id = n.migration_id
              ORDER BY revision_id DESC LIMIT 1) r ON true
ON CONFLICT (scope_id, migration_id) DO UPDATE
  SET revision_id = excluded.revision_id, status = excluded.status, run_id = excluded.run_id,
      changed_at = clock_timestamp()
  WHERE l.status NOT IN ('applied', 'started', 'undoing')`;

const FAILED_EVENTS = `
INSERT INTO bfm.event (scope_id, kind, migration_id, revision_id, run_id, actor, fence_token, error)
SELECT $1, 'failed', l.migration_id, l.revision_id, $2, $3, $4, n.error
FROM unnest($5::text[], $6::text[]) AS n(migration_id, error)
JOIN bfm.ledger l ON l.scope_id = $1 AND l.migration_id = n.migration_id`;

/** Writes notes in a transaction of their own, under the fence. */
export async function writeNotes(
  client: pg.ClientBase,
  {
    hold,
    notes,
    failpoints,
  }: {
    readonly hold: FenceHold;
    readonly notes: readonly PendingNote[];
    readonly failpoints: Failpoints;
  },
): Promise<void> {
  const failed = notes.filter(({ status }) => status === 'failed');
  await withWrites(client, { kind: 'note', failpoints }, async () => {
    // A first migration that failed left no schema behind; that is no reason not to remember it.
    await client.query(assertFenceQuery(hold, true));
    await client.query(NOTED, [
      hold.scopeId,
      hold.runId,
      notes.map(({ migrationId }) => migrationId),
      notes.map(({ status }) => status),
    ]);
    await client.query(FAILED_EVENTS, [
      hold.scopeId,
      hold.runId,
      hold.actor,
      hold.token,
      failed.map(({ migrationId }) => migrationId),
      failed.map(({ error }) => error),
    ]);
  });
}
