import { judgeTarget, type Judgement, type TargetEvidence, type Trust } from './judge-target.ts';
import type { TargetLine } from './target-line.ts';

/** Judges targets; those of a fleet have only a few ways to be, and each is thought through once. */
export class Judge {
  readonly #trust: Trust;
  readonly #known = new Map<TargetLine, Map<string, Judgement>>();

  constructor(trust: Trust) {
    this.#trust = trust;
  }

  /** See {@link judgeTarget}. */
  judge(evidence: TargetEvidence): Judgement {
    const { line } = evidence;
    const known = this.#known.get(line) ?? new Map<string, Judgement>();
    this.#known.set(line, known);
    const key = keyOf(evidence);
    const judged = known.get(key) ?? judgeTarget(evidence, this.#trust);
    known.set(key, judged);
    return judged;
  }
}

function keyOf({ line, found, claims, ledger }: TargetEvidence): string {
  const marks = line.migrations.map(({ migration: { id } }) => {
    const claim = claims.get(id);
    return [ledger.get(id) ?? null, claim?.applied ?? false, claim?.suspicion ?? null];
  });
  return JSON.stringify([found, marks]);
}
