import { BfmError, isBfmError, type ConnectionName, type Target } from '@bfm/core';
import { whileLeased, type LedgerEdit, type LockedLedger, type TargetStore } from '@bfm/engine';
import { findConnection } from '../planning/find-connection.ts';
import { toRevision } from '../planning/to-revision.ts';
import type { ServiceContext } from '../service-context.ts';
import { inParallel } from './in-parallel.ts';
import { isStillTrue } from './is-still-true.ts';
import type { EditResultOfTarget, EditRun, PlannedEdit } from './ledger-edit-run.ts';

/** How edits are written; every field is decided. */
export interface EditSettings {
  /** Targets worked on at the same time, at least 1. */
  readonly concurrency: number;
  /** How long to wait for another holder of a target. */
  readonly lockWaitMs: number;
  /** Aborted: no further target is begun. */
  readonly stop: AbortSignal;
}

/**
 * Writes planned edits, each under its target's lock and fence, in one transaction per target; one that fails stops no
 * other. What a ledger says is looked at again inside the lock: when it has changed, nothing is written there.
 *
 * @returns every planned edit with its outcome
 * @throws {target.unreachable} {target.denied} {ledger.newer_format} before anything was written
 */
export async function writeEdits(
  edits: readonly PlannedEdit[],
  settings: EditSettings,
  context: ServiceContext,
): Promise<EditRun> {
  const runId = context.newRunId();
  await prepareStores(edits, context);
  const results = await inParallel(edits, settings.concurrency, (planned) =>
    writeOne(planned, { runId, settings, context }),
  );
  return { runId, results };
}

/** What writing the edits would give. */
export function toDryEditRun(edits: readonly PlannedEdit[], context: ServiceContext): EditRun {
  const results = edits.map(({ target, edit }): EditResultOfTarget => ({
    target,
    edit,
    outcome: 'planned',
    error: null,
  }));
  return { runId: context.newRunId(), results };
}

async function prepareStores(edits: readonly PlannedEdit[], context: ServiceContext): Promise<void> {
  const connections = new Set(edits.map(({ target }) => target.connection));
  const byStore = new Map<TargetStore, Set<ConnectionName>>();
  for (const name of connections) {
    const store = context.storeOf(findConnection(name, context));
    byStore.set(store, (byStore.get(store) ?? new Set()).add(name));
  }
  for (const [store, names] of byStore) {
    const ids = new Set(
      edits
        .filter(({ target }) => names.has(target.connection))
        .flatMap(({ edit }) => [...edit.changes, ...edit.deferred].map(({ migrationId }) => migrationId)),
    );
    const known = [...ids].flatMap((id) => context.catalog.byId.get(id) ?? []);
    await store.prepare(known.map(toRevision));
  }
}

interface Around {
  readonly runId: string;
  readonly settings: EditSettings;
  readonly context: ServiceContext;
}

async function writeOne(planned: PlannedEdit, around: Around): Promise<EditResultOfTarget> {
  const { target, edit } = planned;
  const { runId, settings, context } = around;
  if (settings.stop.aborted) return { target, edit, outcome: 'not_started', error: stopped(target) };
  const keeper = context.keeperOf(findConnection(target.connection, context));
  const { clock, random, emit, actor, pid } = context;
  const options = {
    target,
    runId,
    actor,
    signal: settings.stop,
    withCatalog: planned.catalogChecksum !== null,
  };
  const decide = (locked: LockedLedger): LedgerEdit => {
    if (isStillTrue(planned, locked)) return edit;
    throw changedMeanwhile(target);
  };
  try {
    const provider = await context.openLocks();
    const holder = { actor, pid, runId, ...target };
    const request = provider && { provider, holder, store: keeper, schemas: [target.schema] };
    const waiting = { clock, random, emit, options: settings };
    await whileLeased({ target, request }, () => keeper.edit(options, decide), waiting);
    return { target, edit, outcome: 'done', error: null };
  } catch (error) {
    if (!isBfmError(error)) throw error;
    const outcome = error.code === 'run.cancelled' ? 'not_started' : 'failed';
    return { target, edit, outcome, error };
  }
}

function changedMeanwhile({ connection, schema }: Target): BfmError {
  return new BfmError('plan.stale', {
    message: `the ledger or the schema of ${connection}/${schema} has changed since it was looked at; nothing was changed there`,
    details: { where: { connection, schema } },
    next: 'run the same command again and look at what it shows',
  });
}

function stopped({ connection, schema }: Target): BfmError {
  return new BfmError('run.cancelled', {
    message: `not started in ${connection}/${schema}: asked to stop`,
    details: { where: { connection, schema } },
    next: 'run the same command again to go on',
  });
}
