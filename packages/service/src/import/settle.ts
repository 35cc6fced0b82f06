import type { MigrationId } from '@bfm/core';
import { compareTarget, type Mismatch } from './compare-target.ts';
import type { TargetLine } from './target-line.ts';

/** What is looked for an explanation of. */
export interface Unsettled {
  readonly line: TargetLine;
  /** `1` or `0` for each object of the line. */
  readonly found: string;
  /** What is known by other means: these stay as they are. */
  readonly fixed: ReadonlySet<MigrationId>;
}

type Applied = ReadonlySet<MigrationId>;
type Phase = 'take-away' | 'add';

/**
 * Finds which migrations must have run for a target to be as it is, starting from what is said of them. Pure.
 *
 * @returns `null` when nothing explains all of it, or two things do
 */
export function settle(said: Applied, unsettled: Unsettled): Applied | null {
  const one = search(said, ['take-away', 'add'], unsettled);
  const other = search(said, ['add', 'take-away'], unsettled);
  if (one === null || other === null) return one ?? other;
  return one.symmetricDifference(other).size === 0 ? one : null;
}

function search(said: Applied, phases: readonly Phase[], unsettled: Unsettled): Applied | null {
  let applied = said;
  let mismatches = mismatchesOf(applied, unsettled);
  while (mismatches.length > 0) {
    const better = improve({ applied, mismatches }, phases, unsettled);
    if (better === null) return null;
    ({ applied, mismatches } = better);
  }
  return applied;
}

interface Guess {
  readonly applied: Applied;
  readonly mismatches: readonly Mismatch[];
}

/** The first change of one migration that leaves less unexplained. */
function improve(
  { applied, mismatches }: Guess,
  phases: readonly Phase[],
  unsettled: Unsettled,
): Guess | null {
  const concerned = new Set(mismatches.flatMap(({ touchedBy }) => touchedBy));
  const order = unsettled.line.migrations.map(({ migration }) => migration.id);
  for (const phase of phases) {
    // What came last is what was taken back first.
    const ids = phase === 'add' ? order : order.toReversed();
    for (const id of ids) {
      if (!concerned.has(id) || unsettled.fixed.has(id) || applied.has(id) === (phase === 'add')) continue;
      const next = applied.symmetricDifference(new Set([id]));
      const left = mismatchesOf(next, unsettled);
      if (left.length < mismatches.length) return { applied: next, mismatches: left };
    }
  }
  return null;
}

/** What the ledger answers for is not to be explained. */
function mismatchesOf(applied: Applied, { line, found, fixed }: Unsettled): readonly Mismatch[] {
  return compareTarget(line, applied, found).mismatches.filter(({ blamed }) => !fixed.has(blamed));
}
