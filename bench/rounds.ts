import type { Sample, Stopwatch } from './measure.ts';
import type { Measured } from './results.ts';
import { toSpread } from './statistics.ts';
import type { Suite, Trial } from './suite.ts';

/** What a round is run with. */
export interface RoundInit {
  readonly suite: Suite;
  readonly round: number;
  readonly stopwatch: Stopwatch;
  /** Writes out what the contender before has left behind. */
  readonly settle: () => Promise<void>;
  readonly report: (line: string) => void;
}

/**
 * Runs every contender once, beginning with another one each round, and short ones several times in turn. Whatever the
 * round needs is made before anything of it is timed.
 */
export async function runRound(init: RoundInit): Promise<readonly Measured[]> {
  const trials = await init.suite.trials(init.round);
  const long = trials.filter(({ repeats }) => repeats === 1);
  const short = trials.filter(({ repeats }) => repeats > 1);
  const measured: Measured[] = [];
  for (const trial of rotate(long, init.round - 1)) {
    await init.settle();
    measured.push(await runTrial(trial, init));
  }
  if (short.length > 0) measured.push(...(await runInTurn(short, init)));
  return measured;
}

async function runTrial(trial: Trial, { stopwatch, round, report }: RoundInit): Promise<Measured> {
  const measured = toMeasured(trial, round, await stopwatch.run(await trial.command()));
  report(describe(measured));
  return measured;
}

async function runInTurn(trials: readonly Trial[], init: RoundInit): Promise<readonly Measured[]> {
  const samples = trials.map((trial): [Trial, Sample[]] => [trial, []]);
  const times = Math.max(...trials.map(({ repeats }) => repeats));
  await init.settle();
  for (let turn = 0; turn < times; turn += 1) {
    for (const [trial, found] of rotate(samples, turn)) {
      if (turn < trial.repeats) found.push(await init.stopwatch.run(await trial.command()));
    }
  }
  return samples.map(([trial, found]) => {
    const measured = toMeasured(trial, init.round, middleOf(found));
    init.report(describe(measured));
    return measured;
  });
}

function toMeasured({ contender, share }: Trial, round: number, sample: Sample): Measured {
  const whole = (value: number | null): number | null => (value === null ? null : value / share);
  return {
    contender,
    round,
    share,
    ...sample,
    seconds: sample.seconds / share,
    clientCpu: whole(sample.clientCpu),
    serverCpu: whole(sample.serverCpu),
  };
}

function middleOf(samples: readonly Sample[]): Sample {
  const middle = (pick: (sample: Sample) => number | null): number | null => {
    const values = samples.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : toSpread(values).median;
  };
  const peaks = samples.map(({ peakMib }) => peakMib).filter((peak) => peak !== null);
  return {
    seconds: middle(({ seconds }) => seconds) ?? Number.NaN,
    clientCpu: middle(({ clientCpu }) => clientCpu),
    serverCpu: middle(({ serverCpu }) => serverCpu),
    peakMib: peaks.length === 0 ? null : Math.max(...peaks),
    load: Math.max(...samples.map(({ load }) => load)),
  };
}

function describe({ round, seconds, contender, load }: Measured): string {
  const time = `${seconds.toFixed(3).padStart(9)} s`;
  return `round ${round}  ${time}  load ${load.toFixed(1).padStart(4)}  ${contender}`;
}

function rotate<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % Math.max(items.length, 1);
  return [...items.slice(start), ...items.slice(0, start)];
}
