import type { MigrationId } from '@bfm/core';
import type { SchemaObject } from '@bfm/engine';
import { Predictor, type Prediction } from './predict.ts';
import type { LookedUpObject, TargetLine } from './target-line.ts';

/** An object that is not as it would be if just these migrations had run. */
export interface Mismatch {
  readonly object: SchemaObject;
  /** Whether it is there. */
  readonly there: boolean;
  /** The migration that is told of for it. */
  readonly blamed: MigrationId;
  readonly touchedBy: readonly MigrationId[];
}

/** What a look at a target gives for some migrations that are taken to have run. */
export interface Comparison {
  readonly mismatches: readonly Mismatch[];
  /** Migrations of which something is to be seen, and is as they have left it. */
  readonly seen: ReadonlySet<MigrationId>;
}

/**
 * Compares a target with what it would be like if just these migrations had run. Pure.
 *
 * @param found `1` or `0` for each object of the line
 */
export function compareTarget(
  line: TargetLine,
  applied: ReadonlySet<MigrationId>,
  found: string,
): Comparison {
  const predictor = new Predictor();
  for (const each of line.migrations) if (applied.has(each.migration.id)) predictor.run(each);
  const mismatches: Mismatch[] = [];
  const seen = new Set<MigrationId>();
  for (const [index, looked] of line.objects.entries()) {
    const { there: expected, by } = predictor.predictions.get(looked.key) ?? untouched(looked);
    const there = found[index] === '1';
    if (expected === null) continue;
    if (expected !== there) mismatches.push(...mismatchesOf(looked, { there, by, applied }));
    else if (by !== null) seen.add(by);
  }
  return { mismatches, seen };
}

/** None where nobody is known who could have brought it about. */
function mismatchesOf(looked: LookedUpObject, { there, by, applied }: Found): readonly Mismatch[] {
  const blamed = by ?? firstUnapplied(looked, applied);
  return blamed === null ? [] : [{ object: looked.object, there, blamed, touchedBy: looked.touchedBy }];
}

interface Found {
  readonly there: boolean;
  readonly by: MigrationId | null;
  readonly applied: ReadonlySet<MigrationId>;
}

function untouched({ initially }: LookedUpObject): Pick<Prediction, 'there' | 'by'> {
  return { there: initially, by: null };
}

function firstUnapplied(
  { touchedBy }: LookedUpObject,
  applied: ReadonlySet<MigrationId>,
): MigrationId | null {
  return touchedBy.find((id) => !applied.has(id)) ?? null;
}
