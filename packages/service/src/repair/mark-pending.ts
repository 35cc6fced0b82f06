import {
  isInTarget,
  type LedgerEntry,
  type Migration,
  type MigrationId,
  type Statement,
  type TargetState,
  BfmError,
  toFaultsError,
} from '@bfm/core';
import { effectiveShape, type RowChange } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import {
  readRecorded,
  requireNamedTenants,
  resolveRecorded,
  type RecordedSelection,
} from './recorded-targets.ts';
import { notApplicable, toRepairPlan, type RepairDecision, type RepairPlan } from './repair-plan.ts';

/** What is to count as pending. */
export interface MarkPendingRequest {
  readonly selection: RecordedSelection;
  /** Ids, versions or names; a whole id also finds a migration whose file is gone. */
  readonly migrations: readonly string[];
  /** For one that runs bare and was interrupted: go on from this statement, 1-based; `null`: from the beginning. */
  readonly statement: number | null;
}

/**
 * Works out how to say that migrations are not applied, after all. The next up runs them, from the beginning or from the
 * statement asked for. Undone by mark-applied.
 *
 * @throws {repair.not_applicable} when no selected ledger has a record of it, or no run of it was interrupted
 * @throws {request.schema_required} {target.not_found} {migration.not_found} {target.unreachable}
 */
export async function planMarkPending(
  { selection, migrations, statement }: MarkPendingRequest,
  reason: string,
  context: ServiceContext,
): Promise<RepairPlan> {
  const recorded = await readRecorded(selection, context);
  const ids = resolveRecorded(migrations, recorded, context);
  const states = recorded.filter((state) => ids.some((id) => effectiveShape(state).entries.has(id)));
  if (states.length === 0) throw notRecorded(ids);
  requireNamedTenants(states, selection, context);
  if (statement === null) {
    const decisions = states.map((state) => decideMarkPending(state, ids));
    return toRepairPlan({ action: 'mark-pending', reason, done: null }, decisions);
  }
  const [id, second] = ids;
  if (id === undefined || second !== undefined) throw oneMigrationOnly();
  const decisions = states.map((state) => decideGoOn(state, id, context.catalog.byId.get(id)));
  const done = await statementsBefore(statement, decisions, {
    migration: context.catalog.byId.get(id),
    context,
  });
  return toRepairPlan({ action: 'mark-pending', reason, done }, decisions);
}

/** Decides for one target, from the beginning. Pure. */
export function decideMarkPending(state: TargetState, ids: readonly MigrationId[]): RepairDecision {
  const { entries } = effectiveShape(state);
  const changes = ids.flatMap((id): RowChange[] => {
    const entry = entries.get(id);
    if (entry === undefined || !isOnRecord(entry)) return [];
    const { status, checksum } = entry;
    // Deferred and not gone: it is pending on purpose, and not out of order.
    return [{ migrationId: id, before: { status, checksum }, after: { status: 'deferred', checksum } }];
  });
  return { target: state.target, changes, faults: [] };
}

function isOnRecord({ status }: LedgerEntry): boolean {
  return isInTarget(status) || status === 'started' || status === 'failed';
}

/** Decides for one target, going on from a statement: the row keeps its status, and speaks of the text of now. Pure. */
export function decideGoOn(
  { target, shape }: TargetState,
  id: MigrationId,
  migration: Migration | undefined,
): RepairDecision {
  const entry = shape.entries.get(id);
  const { connection, schema } = target;
  if (migration === undefined || (entry?.status !== 'started' && entry?.status !== 'undoing')) {
    const why = migration === undefined ? 'the file is gone' : 'no run of it was interrupted there';
    const fault = notApplicable(
      `${id} cannot go on from a statement in ${connection}/${schema}: ${why}`,
      { connection, schema, migration_id: id },
      'leave out --statement: it then runs from the beginning',
    );
    return { target, changes: [], faults: [fault] };
  }
  const before = { status: entry.status, checksum: entry.checksum };
  // Going up, what is there already counts as made by the file of now; going down, the ledger keeps what was applied.
  const checksum = entry.status === 'started' ? migration.up.checksum : entry.checksum;
  return { target, changes: [{ migrationId: id, before, after: { ...before, checksum } }], faults: [] };
}

async function statementsBefore(
  statement: number,
  decisions: readonly RepairDecision[],
  { migration, context }: { readonly migration: Migration | undefined; readonly context: ServiceContext },
): Promise<readonly Statement[]> {
  const statuses = new Set(decisions.flatMap(({ changes }) => changes.map(({ before }) => before?.status)));
  const script = statuses.has('undoing') ? migration?.down : migration?.up;
  // A decision with a fault refuses the whole repair anyway.
  if (migration === undefined || !script || statuses.size !== 1) return [];
  const compiled = (await context.loadCompiler()).compile(migration, script);
  if (!compiled.ok) throw toFaultsError(compiled.faults);
  const { statements } = compiled.script;
  if (statement <= statements.length) return statements.slice(0, statement - 1);
  throw new BfmError('request.invalid', {
    message: `${script.path} has ${statements.length} statements, so it cannot go on from statement ${statement}; nothing was changed`,
    details: { where: { file: script.path, migration_id: migration.id } },
    next: 'give the number of the statement to run next; when all are done, use bfm repair mark-applied',
  });
}

function notRecorded(ids: readonly MigrationId[]): BfmError {
  return toFaultsError([
    notApplicable(
      `no selected ledger has a record of ${ids.join(', ')}`,
      ids.length === 1 && ids[0] !== undefined ? { migration_id: ids[0] } : {},
      'bfm status shows what is applied and pending where',
    ),
  ]);
}

function oneMigrationOnly(): BfmError {
  return new BfmError('request.invalid', {
    message: '--statement counts the statements of one migration',
    next: 'give exactly one --migration beside it',
  });
}
