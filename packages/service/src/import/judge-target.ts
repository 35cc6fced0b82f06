import type { Migration, MigrationId } from '@bfm/core';
import type { SchemaObject } from '@bfm/engine';
import type { Claim, Suspicion } from './claim.ts';
import { compareTarget, type Comparison } from './compare-target.ts';
import { settle } from './settle.ts';
import type { TargetLine } from './target-line.ts';

/** Whose word counts where a state and a catalog do not agree; `null`: a person's, who is asked. */
export type Trust = 'state' | 'catalog' | null;

/** What speaks for and against one migration of a target. */
export interface Problem {
  readonly migration: Migration;
  /** What the state says last. */
  readonly applied: boolean;
  readonly suspicion: Suspicion | null;
  /** Objects that would be there if that were so, and are not. */
  readonly missing: readonly SchemaObject[];
  /** Objects that would not be there, and are. */
  readonly there: readonly SchemaObject[];
  /** Whether the catalog shows whether it ran. */
  readonly shown: boolean;
}

/** What a target is judged by. */
export interface TargetEvidence {
  readonly line: TargetLine;
  /** `1` or `0` for each object of the line. */
  readonly found: string;
  /** What the state says; of others it says that they did not run. */
  readonly claims: ReadonlyMap<MigrationId, Claim>;
  /** What the ledger of the target says already, which counts: whether each is in the target. */
  readonly ledger: ReadonlyMap<MigrationId, boolean>;
}

/** What became of the claims about one target. */
export interface Judgement {
  /** The migrations that have run, by what was decided; those of the ledger among them. */
  readonly applied: ReadonlySet<MigrationId>;
  /** Of these, those of which the catalog shows something. */
  readonly seen: ReadonlySet<MigrationId>;
  /** What did not fit, and was decided by whom is trusted. */
  readonly settled: readonly Problem[];
  /** What does not fit, and nobody has decided. */
  readonly undecided: readonly Problem[];
}

/** Judges what a state says of a target by what the target's own catalog shows. Pure. */
export function judgeTarget(evidence: TargetEvidence, trust: Trust): Judgement {
  const { line, found, ledger } = evidence;
  const said = saidOf(evidence);
  const comparison = compareTarget(line, said, found);
  const problems = problemsOf(evidence, comparison, said);
  const { seen } = comparison;
  if (problems.length === 0) return { applied: said, seen, settled: [], undecided: [] };
  if (trust === null) return { applied: said, seen, settled: [], undecided: problems };
  if (trust === 'state') return { applied: said, seen, settled: problems, undecided: [] };
  const applied = settle(said, { line, found, fixed: new Set(ledger.keys()) });
  if (applied === null) {
    return { applied: said, seen, settled: [], undecided: problems.filter(isContradiction) };
  }
  return { applied, seen: compareTarget(line, applied, found).seen, settled: problems, undecided: [] };
}

function saidOf({ line, claims, ledger }: TargetEvidence): ReadonlySet<MigrationId> {
  const ids = line.migrations.map(({ migration }) => migration.id);
  return new Set(ids.filter((id) => ledger.get(id) ?? claims.get(id)?.applied ?? false));
}

function isContradiction({ missing, there }: Problem): boolean {
  return missing.length + there.length > 0;
}

function problemsOf(
  { line, claims, ledger, found }: TargetEvidence,
  { mismatches }: Comparison,
  said: ReadonlySet<MigrationId>,
): readonly Problem[] {
  const byMigration = Map.groupBy(mismatches, ({ blamed }) => blamed);
  return line.migrations.flatMap(({ migration }): readonly Problem[] => {
    const { id } = migration;
    if (ledger.has(id)) return [];
    const own = byMigration.get(id) ?? [];
    const suspicion = claims.get(id)?.suspicion ?? null;
    if (own.length === 0 && suspicion === null) return [];
    const missing = own.filter(({ there }) => !there).map(({ object }) => object);
    const there = own.filter((mismatch) => mismatch.there).map(({ object }) => object);
    const shown = isShown(line, said, { id, found });
    return [{ migration, applied: said.has(id), suspicion, missing, there, shown }];
  });
}

/** Whether the target would look different had this one migration not run, or run. */
function isShown(
  line: TargetLine,
  said: ReadonlySet<MigrationId>,
  { id, found }: { readonly id: MigrationId; readonly found: string },
): boolean {
  const other = said.symmetricDifference(new Set([id]));
  const here = compareTarget(line, said, found).mismatches.length;
  return compareTarget(line, other, found).mismatches.length !== here;
}
