import {
  isInTarget,
  type Catalog,
  type Checksum,
  type LedgerEntry,
  type LedgerShape,
  type Migration,
  type MigrationId,
  type TargetState,
} from '@bfm/core';

/** One way a ledger and the catalog disagree. */
export type Drift =
  | {
      readonly kind: 'checksum_changed';
      readonly migrationId: MigrationId;
      readonly applied: Checksum;
      readonly current: Checksum;
    }
  | {
      readonly kind: 'missing';
      readonly migrationId: MigrationId;
      /** Not all of it is in the target: a run of it outside of transactions began and did not end. */
      readonly partly: boolean;
    }
  | {
      readonly kind: 'out_of_order';
      readonly migrationId: MigrationId;
      readonly after: MigrationId;
    }
  | { readonly kind: 'half_rolled_back'; readonly migrationId: MigrationId };

/** Tells whether an applied text and the current one of a migration mean the same although their bytes differ. */
export type SameMeaning = (migration: Migration, applied: Checksum) => boolean;

/** What a target looks like beside the catalog. */
export interface Assessment {
  /** Rows of what is in the target. */
  readonly applied: readonly LedgerEntry[];
  /** Wanted and not applied, in canonical order. */
  readonly pending: readonly Migration[];
  readonly drift: readonly Drift[];
  /** What stops any work on the target until a person decides; `null` when nothing does. */
  readonly blocker: 'ledger.baseline_required' | 'ledger.recreated' | null;
}

/** What {@link assessTarget} looks at. */
export interface AssessmentInput {
  readonly catalog: Catalog;
  readonly state: TargetState;
  /** In canonical order. */
  readonly wanted: readonly Migration[];
  readonly sameMeaning: SameMeaning;
}

const NOTHING: LedgerShape = { key: '', entries: new Map() };

/**
 * The ledger that counts for a target: none for a schema that is gone or was dropped and made anew, since what that
 * ledger speaks of went with it.
 */
export function effectiveShape(state: TargetState): LedgerShape {
  return state.scope === 'known' && state.presence !== 'missing' ? state.shape : NOTHING;
}

/** Compares a target's ledger with the catalog. Pure; the same for all targets of one shape, presence and scope. */
export function assessTarget(input: AssessmentInput): Assessment {
  const { entries } = effectiveShape(input.state);
  const applied = [...entries.values()].filter(({ status }) => isInTarget(status));
  const pending = input.wanted.filter(({ id }) => !isInTarget(entries.get(id)?.status ?? 'deferred'));
  return {
    applied,
    pending,
    drift: [
      ...contentDrift(input, applied),
      ...orphanedDrift(input, entries.values()),
      ...orderDrift(input, applied, pending),
    ],
    blocker: pending.length === 0 ? null : blockerOf(input.state),
  };
}

function blockerOf(state: TargetState): Assessment['blocker'] {
  if (state.presence !== 'populated') return null;
  if (state.scope === 'recreated') return 'ledger.recreated';
  // A failed or deferred row only says that BFM was here, not that what it finds is its own.
  const isOurs = effectiveShape(state)
    .entries.values()
    .some(({ status }) => isInTarget(status) || status === 'started');
  return isOurs ? null : 'ledger.baseline_required';
}

function contentDrift(input: AssessmentInput, applied: readonly LedgerEntry[]): Drift[] {
  const drift: Drift[] = [];
  for (const { migrationId, checksum, status } of applied) {
    const migration = input.catalog.byId.get(migrationId);
    if (migration === undefined) {
      drift.push({ kind: 'missing', migrationId, partly: status === 'undoing' });
    } else if (status === 'undoing') {
      drift.push({ kind: 'half_rolled_back', migrationId });
    } else if (migration.up.checksum !== checksum && !input.sameMeaning(migration, checksum)) {
      drift.push({
        kind: 'checksum_changed',
        migrationId,
        applied: checksum,
        current: migration.up.checksum,
      });
    }
  }
  return drift;
}

/** What was begun and can neither go on nor be undone, since its file is gone. */
function orphanedDrift({ catalog }: AssessmentInput, entries: Iterable<LedgerEntry>): Drift[] {
  return [...entries]
    .filter(({ status, migrationId }) => status === 'started' && !catalog.byId.has(migrationId))
    .map(({ migrationId }) => ({ kind: 'missing', migrationId, partly: true }));
}

/**
 * Pending migrations that come before an applied one, unless a ledger row says that they were left pending on
 * purpose or by a failure (golang-migrate#179 shows what a high-water mark does instead).
 */
function orderDrift(
  { catalog, state }: AssessmentInput,
  applied: readonly LedgerEntry[],
  pending: readonly Migration[],
): Drift[] {
  const { entries } = effectiveShape(state);
  const last = applied.reduce<{ rank: number; id: MigrationId } | null>((best, { migrationId }) => {
    const rank = catalog.rank.get(migrationId);
    return rank === undefined || (best !== null && best.rank >= rank) ? best : { rank, id: migrationId };
  }, null);
  if (last === null) return [];
  return pending
    .filter(({ id }) => !entries.has(id) && (catalog.rank.get(id) ?? Infinity) < last.rank)
    .map(({ id }) => ({ kind: 'out_of_order', migrationId: id, after: last.id }));
}
