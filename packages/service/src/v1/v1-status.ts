import type { MigrationSummary } from '@bfm/engine';

/** How the v1 wire says that a migration stands. */
export type V1Status = 'pending' | 'applied' | 'failed' | 'rolled_back';

/** Worst first. */
const WORST: readonly V1Status[] = ['failed', 'pending', 'rolled_back', 'applied'];

/** How many targets have a migration in each status. */
export type V1Counts = Readonly<Record<V1Status, number>>;

/** How a migration stands in all its targets. */
export interface V1Standing {
  /** The worst of all targets; `pending` when there is none. */
  readonly status: V1Status;
  /** Every target has it, and there is one. */
  readonly applied: boolean;
  readonly targets: V1Counts;
}

/** The word of the v1 wire for what a ledger says. */
export function toV1Status(status: keyof MigrationSummary['counts']): V1Status {
  return status === 'needs_attention' ? 'failed' : status;
}

/**
 * How a migration stands.
 *
 * @param known how many targets there are; those without an entry have it pending
 */
export function toV1Standing(counts: MigrationSummary['counts'], known: number): V1Standing {
  const {
    applied = 0,
    failed = 0,
    rolled_back: back = 0,
    needs_attention: attention = 0,
    pending = 0,
  } = counts;
  const noted = applied + failed + back + attention + pending;
  const targets: V1Counts = {
    applied,
    failed: failed + attention,
    pending: pending + Math.max(0, known - noted),
    rolled_back: back,
  };
  const status = WORST.find((each) => targets[each] > 0) ?? 'pending';
  return { status, applied: status === 'applied', targets };
}

/** A time as the v1 wire has it: to the second. */
export function toV1Time(time: string): string {
  return time.replace(/\.\d+(?=Z|[+-])/, '');
}
