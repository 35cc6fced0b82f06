import type { SuiteName } from './options.ts';
import type { Measured, SuiteResults } from './results.ts';
import { pairedRatio, toSpread, type Spread } from './statistics.ts';

/** A goal of the project and what was found of it. */
export interface Goal {
  /** As in the project's list of goals. */
  readonly number: number;
  readonly text: string;
  readonly limit: number;
  readonly unit: 'ratio' | 's' | 'MiB';
  /** `null`: not measured. */
  readonly found: Spread | null;
}

/** Judges the project's goals by all results there are. */
export function judgeGoals(results: readonly SuiteResults[]): readonly Goal[] {
  const board = new Board(results);
  return [
    ...fleetGoals(board),
    ...noopGoals(board),
    ...columnGoals(board),
    ...startGoals(board),
    ...memoryGoals(board),
    ...fenceGoals(board),
  ];
}

function fleetGoals(board: Board): readonly Goal[] {
  const perMigration = { suite: 'w2', names: /^bfm per-migration-\d+$/ } as const;
  const w1 = { suite: 'w1', names: /^bfm per-migration$/ } as const;
  return [
    board.ratio(1, {
      text: 'W2, a commit per migration: best BFM / best floor batch',
      limit: 1.1,
      of: perMigration,
      to: { suite: 'w2', names: /^floor batch/ },
    }),
    board.ratio(1, {
      text: 'W2, a commit per migration: default concurrency / best',
      limit: 1.1,
      of: { suite: 'w2', names: /^bfm per-migration-4$/ },
      to: perMigration,
    }),
    board.ratio(2, {
      text: 'W2, a commit per target: best BFM / best floor one',
      limit: 1.1,
      of: { suite: 'w2', names: /^bfm per-target-\d+$/ },
      to: { suite: 'w2', names: /^floor one/ },
    }),
    board.ratio(3, {
      text: 'W1, whole process: BFM / floor batch',
      limit: 1.5,
      of: w1,
      to: { suite: 'w1', names: /^floor batch/ },
    }),
    board.ratio(3, {
      text: 'W1, whole process: BFM / fastest other tool',
      limit: 1,
      of: w1,
      to: { suite: 'w1', names: /^(dbmate|drizzle|node-pg-migrate)$/ },
    }),
  ];
}

function noopGoals(board: Board): readonly Goal[] {
  const node = { suite: 'w3', names: /^node -e 0$/ } as const;
  const start = board.best(node);
  const query = board.extra('w3', 'ledgerQuery');
  const allowed = start === null || query === null ? Number.NaN : 1.6 + (2 * query) / toSpread(start).median;
  const up = { suite: 'w5', names: /^bfm up$/ } as const;
  return [
    board.ratio(4, {
      text: 'W3, fleet: BFM / node -e 0; the limit is 1.6 and twice the ledger query',
      limit: allowed,
      of: { suite: 'w3', names: /^fleet: bfm$/ },
      to: node,
    }),
    board.seconds(4, { text: 'W5, up with nothing to do', limit: 3, of: up }),
    board.peak(4, {
      text: 'W5, peak memory of status, plan and up',
      limit: 250,
      of: [{ suite: 'w5', names: /^bfm/ }],
    }),
  ];
}

function columnGoals(board: Board): readonly Goal[] {
  return [
    board.ratio(5, {
      text: 'W4: best BFM / best floor',
      limit: 1.15,
      of: { suite: 'w4', names: /^few: bfm-\d+$/ },
      to: { suite: 'w4', names: /^few: floor-\d+$/ },
    }),
    board.ratio(5, {
      text: 'W4: BFM in twice as many schemas / in as many',
      limit: 2.2,
      of: { suite: 'w4', names: /^many: bfm-4$/ },
      to: { suite: 'w4', names: /^few: bfm-4$/ },
    }),
  ];
}

function startGoals(board: Board): readonly Goal[] {
  const node = { suite: 'start', names: /^node -e 0$/ } as const;
  return [
    board.ratio(6, {
      text: 'bfm --version / node -e 0',
      limit: 1.15,
      of: { suite: 'start', names: /^bfm --version$/ },
      to: node,
    }),
    board.ratio(6, {
      text: 'bfm status of one target / node -e 0',
      limit: 1.6,
      of: { suite: 'start', names: /^bfm status$/ },
      to: node,
    }),
  ];
}

function memoryGoals(board: Board): readonly Goal[] {
  return [
    board.peak(7, {
      text: 'peak memory of the CLI in W2 and W4',
      limit: 100,
      of: [
        { suite: 'w2', names: /^bfm/ },
        { suite: 'w4', names: /bfm/ },
      ],
    }),
    board.growth(7, {
      text: 'peak memory in 100 times as many tenants / in as many',
      limit: 1.2,
      of: { suite: 'memory', names: /^large: bfm/ },
      to: { suite: 'memory', names: /^small: bfm/ },
    }),
  ];
}

/** What the project set itself for exactly once; a goal of its own, behind those of the list. */
function fenceGoals(board: Board): readonly Goal[] {
  return ['per-migration', 'per-target'].flatMap((commit) => {
    const text = `W2, a commit ${commit}: with fences and leases / without`;
    const aim = {
      limit: 1.05,
      of: { suite: 'fences', names: new RegExp(`^${commit} fenced and leased$`) },
      to: { suite: 'fences', names: new RegExp(`^${commit} unfenced$`) },
    } as const;
    return [board.ratio(11, { ...aim, text }), board.work(11, { ...aim, text: `${text}, processor time` })];
  });
}

/** Contenders of a suite. */
interface Selection {
  readonly suite: SuiteName;
  readonly names: RegExp;
}

interface Aim<T> {
  readonly text: string;
  readonly limit: number;
  readonly of: T;
}

class Board {
  readonly #results: ReadonlyMap<SuiteName, SuiteResults>;

  constructor(results: readonly SuiteResults[]) {
    this.#results = new Map(results.map((suite) => [suite.suite, suite]));
  }

  extra(suite: SuiteName, name: string): number | null {
    return this.#results.get(suite)?.extras[name] ?? null;
  }

  /** Compares the best of some contenders with the best of others, round by round. */
  ratio(number: number, { text, limit, of, to }: Aim<Selection> & { readonly to: Selection }): Goal {
    const [best, reference] = [this.best(of), this.best(to)];
    const found = best === null || reference === null ? null : pairedRatio(best, reference);
    return { number, text, limit, unit: 'ratio', found };
  }

  /** Compares what processors have done for one contender and for another, round by round: noise touches that least. */
  work(number: number, { text, limit, of, to }: Aim<Selection> & { readonly to: Selection }): Goal {
    const [spent, reference] = [this.#processorTimes(of), this.#processorTimes(to)];
    const found = spent === null || reference === null ? null : pairedRatio(spent, reference);
    return { number, text, limit, unit: 'ratio', found };
  }

  #processorTimes(selection: Selection): readonly number[] | null {
    const times = this.#select(selection).map(({ clientCpu, serverCpu }) =>
      clientCpu === null || serverCpu === null ? null : clientCpu + serverCpu,
    );
    const known = times.filter((time) => time !== null);
    return known.length === 0 || known.length < times.length ? null : known;
  }

  seconds(number: number, { text, limit, of }: Aim<Selection>): Goal {
    const best = this.best(of);
    return { number, text, limit, unit: 's', found: best === null ? null : toSpread(best) };
  }

  peak(number: number, { text, limit, of }: Aim<readonly Selection[]>): Goal {
    const peaks = of.map((selection) => this.#peakOf(selection)).filter((peak) => peak !== null);
    const found = peaks.length < of.length ? null : toSpread([Math.max(...peaks)]);
    return { number, text, limit, unit: 'MiB', found };
  }

  growth(number: number, { text, limit, of, to }: Aim<Selection> & { readonly to: Selection }): Goal {
    const [large, small] = [this.#peakOf(of), this.#peakOf(to)];
    const found = large === null || small === null ? null : toSpread([large / small]);
    return { number, text, limit, unit: 'ratio', found };
  }

  /** Times of the contender with the least median, in the order of the rounds. */
  best(selection: Selection): readonly number[] | null {
    const times = new Map<string, number[]>();
    for (const { contender, seconds } of this.#select(selection)) {
      times.set(contender, [...(times.get(contender) ?? []), seconds]);
    }
    return [...times.values()].reduce<readonly number[] | null>(
      (least, found) => (least === null || toSpread(found).median < toSpread(least).median ? found : least),
      null,
    );
  }

  #peakOf(selection: Selection): number | null {
    const peaks = this.#select(selection).map(({ peakMib }) => peakMib);
    const known = peaks.filter((peak) => peak !== null);
    return known.length === 0 ? null : Math.max(...known);
  }

  #select({ suite, names }: Selection): readonly Measured[] {
    const measured = this.#results.get(suite)?.measured ?? [];
    return measured.filter(({ contender }) => names.test(contender));
  }
}
