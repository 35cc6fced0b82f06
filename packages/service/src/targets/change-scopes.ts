import { isBfmError, type BackendName, type BfmError, type SchemaName, type Target } from '@bfm/core';
import {
  whileLeased,
  type ScopeChange,
  type ScopePlace,
  type ScopeResult,
  type StoreKeeper,
} from '@bfm/engine';
import type { EditSettings } from '../editing/write-edits.ts';
import type { ServiceContext } from '../service-context.ts';

/** A change of whole targets, made in one transaction. */
export interface ScopeWork {
  readonly places: readonly ScopePlace[];
  readonly keeper: Pick<StoreKeeper, 'identity'>;
  /** Schemas whose leases are needed. Not of all targets of a whole connection: who holds one has a session's lock, too. */
  readonly leased: readonly SchemaName[];
  readonly attempt: (change: ScopeChange) => Promise<ScopeResult>;
}

/** How a change of whole targets ended; `planned` in a dry run. */
export interface ScopeOutcome {
  readonly places: readonly ScopePlace[];
  readonly outcome: 'done' | 'planned' | 'failed';
  readonly error: BfmError | null;
}

/** What became of all changes. */
export interface ScopeRun {
  readonly runId: string;
  readonly outcomes: readonly ScopeOutcome[];
}

/** Makes changes one after the other, waiting for other holders; one that fails stops no other. */
export async function changeScopes(
  works: readonly ScopeWork[],
  { reason, settings }: { readonly reason: string | null; readonly settings: EditSettings },
  context: ServiceContext,
): Promise<ScopeRun> {
  const runId = context.newRunId();
  const { actor, pid, clock, random, emit } = context;
  const outcomes: ScopeOutcome[] = [];
  for (const { places, attempt, keeper, leased } of works) {
    const tried = (): Promise<ScopeResult> => attempt({ runId, actor, reason });
    try {
      const target = targetOf(places);
      const provider = await context.openLocks();
      const holder = { actor, pid, runId, ...target };
      const request = provider && { provider, holder, store: keeper, schemas: leased };
      const waiting = { clock, random, emit, options: settings };
      await whileLeased({ target, request }, tried, waiting);
      outcomes.push({ places, outcome: 'done', error: null });
    } catch (error) {
      if (!isBfmError(error)) throw error;
      outcomes.push({ places, outcome: 'failed', error });
    }
  }
  return { runId, outcomes };
}

/** What making the changes would give. */
export function toDryScopeRun(works: readonly ScopeWork[], context: ServiceContext): ScopeRun {
  const outcomes = works.map(({ places }): ScopeOutcome => ({ places, outcome: 'planned', error: null }));
  return { runId: context.newRunId(), outcomes };
}

function targetOf(places: readonly ScopePlace[]): Target {
  const [first] = places;
  if (first === undefined) throw new Error('a change of no target');
  return { backend: 'postgresql' satisfies BackendName, ...first };
}
