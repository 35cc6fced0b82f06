import type { Result } from './rounds.ts';
import { pairedRatio, toSpread, type Spread } from './statistics.ts';

/** A goal of the project, as a ratio within one interleaved run. */
export interface Goal {
  readonly text: string;
  readonly limit: number;
  readonly found: Spread;
}

/** Judges results by the goals they speak to; those whose contenders were left out are missing. */
export function judgeGoals(results: readonly Result[], ledgerQuerySeconds: number | null): readonly Goal[] {
  const board = new Board(results);
  const noopLimit = board.noopLimit(ledgerQuerySeconds);
  return [
    board.compare({
      text: 'fleet, a commit per migration: best of BFM / best of floor batch',
      limit: 1.1,
      of: /^w2 bfm-\d+$/,
      to: /^w2 floor batch/,
    }),
    board.compare({
      text: 'fleet, a commit per migration: default concurrency / best concurrency',
      limit: 1.1,
      of: /^w2 bfm-4$/,
      to: /^w2 bfm-\d+$/,
    }),
    board.compare({
      text: 'fleet, a commit per target: best of BFM / best of floor one',
      limit: 1.1,
      of: /^w2 bfm-\d+ per-target$/,
      to: /^w2 floor one/,
    }),
    board.compare({
      text: 'one schema, whole process: BFM / floor batch',
      limit: 1.5,
      of: /^w1 bfm-4$/,
      to: /^w1 floor batch/,
    }),
    noopLimit === null
      ? null
      : board.compare({
          text: 'fleet, nothing to do: BFM / node -e 0; the limit is 1.6 and twice the ledger query',
          limit: noopLimit,
          of: /^fleet no-op bfm$/,
          to: /^node -e 0$/,
        }),
  ].filter((goal) => goal !== null);
}

class Board {
  readonly #seconds: ReadonlyMap<string, readonly number[]>;

  constructor(results: readonly Result[]) {
    this.#seconds = new Map(
      results.map(({ contender, samples }) => [contender.name, samples.map(({ seconds }) => seconds)]),
    );
  }

  /** Compares the best of some contenders with the best of others, the best being the one with the least median. */
  compare(goal: {
    readonly text: string;
    readonly limit: number;
    readonly of: RegExp;
    readonly to: RegExp;
  }): Goal | null {
    const best = this.#best(goal.of);
    const reference = this.#best(goal.to);
    if (best === null || reference === null) return null;
    return { text: goal.text, limit: goal.limit, found: pairedRatio(best, reference) };
  }

  noopLimit(ledgerQuerySeconds: number | null): number | null {
    const start = this.#seconds.get('node -e 0');
    if (start === undefined || ledgerQuerySeconds === null) return null;
    return 1.6 + (2 * ledgerQuerySeconds) / toSpread(start).median;
  }

  #best(names: RegExp): readonly number[] | null {
    const matching = [...this.#seconds].filter(([name]) => names.test(name)).map(([, seconds]) => seconds);
    const [first, ...rest] = matching;
    if (first === undefined) return null;
    return rest.reduce(
      (least, seconds) => (toSpread(seconds).median < toSpread(least).median ? seconds : least),
      first,
    );
  }
}
