import type { Contender } from './contenders.ts';
import type { Databases } from './databases.ts';
import type { Sample, Stopwatch } from './measure.ts';
import { toSpread } from './statistics.ts';

/** All samples of a contender, one per round. */
export interface Result {
  readonly contender: Contender;
  readonly samples: readonly Sample[];
}

/** What rounds are run with. */
export interface RoundsInit {
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly databases: Databases;
  readonly stopwatch: Stopwatch;
  readonly report: (line: string) => void;
}

/** Short commands are repeated within a round, and the middle one counts. */
const REPEATS_OF_SHORT = 5;

/**
 * Runs every contender once per round, beginning with another one each time. All databases of a round are made before
 * anything is timed; what works on a finished database comes after all the others.
 */
export async function runRounds(init: RoundsInit): Promise<readonly Result[]> {
  const samples = new Map<string, Sample[]>(init.contenders.map(({ name }) => [name, []]));
  const long = init.contenders.filter(({ database }) => database.kind === 'fresh');
  const short = init.contenders.filter(({ database }) => database.kind !== 'fresh');
  for (let round = 1; round <= init.rounds; round += 1) {
    const urls = await makeDatabases(long, round, init.databases);
    const measured = [
      ...(await runLong(rotate(long, Math.floor((long.length * (round - 1)) / init.rounds)), urls, init)),
      ...(await runShort(short, urls, init)),
    ];
    for (const [contender, sample] of measured) {
      samples.get(contender.name)?.push(sample);
      init.report(`round ${round}  ${sample.seconds.toFixed(3).padStart(8)} s  ${contender.name}`);
    }
  }
  return init.contenders.map((contender) => ({ contender, samples: samples.get(contender.name) ?? [] }));
}

type Measured = [Contender, Sample];
type Urls = ReadonlyMap<string, string>;

/** The name of a contender's database in a round, without the common prefix. */
export function databaseName(contender: string, round: number): string {
  return `${contender.replaceAll(/[^a-z0-9]+/g, '_')}_r${round}`;
}

async function makeDatabases(
  contenders: readonly Contender[],
  round: number,
  databases: Databases,
): Promise<Urls> {
  const urls = new Map<string, string>();
  for (const { name, database } of contenders) {
    if (database.kind !== 'fresh') continue;
    urls.set(name, await databases.copy(database.template, databaseName(name, round)));
  }
  return urls;
}

async function runLong(contenders: readonly Contender[], urls: Urls, init: RoundsInit): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const contender of contenders) {
    await init.databases.settle();
    measured.push([contender, await init.stopwatch.run(contender.command(urlOf(contender, urls)))]);
  }
  return measured;
}

async function runShort(contenders: readonly Contender[], urls: Urls, init: RoundsInit): Promise<Measured[]> {
  const repeats = contenders.map((contender): [Contender, Sample[]] => [contender, []]);
  await init.databases.settle();
  for (let repeat = 0; repeat < REPEATS_OF_SHORT; repeat += 1) {
    for (const [contender, samples] of repeats) {
      samples.push(await init.stopwatch.run(contender.command(urlOf(contender, urls))));
    }
  }
  return repeats.map(([contender, samples]) => [contender, middle(samples)]);
}

function middle(samples: readonly Sample[]): Sample {
  const peaks = samples.map(({ peakMib }) => peakMib).filter((peak) => peak !== null);
  return {
    seconds: toSpread(samples.map(({ seconds }) => seconds)).median,
    peakMib: peaks.length === 0 ? null : Math.max(...peaks),
  };
}

function urlOf({ name, database }: Contender, urls: Urls): string {
  if (database.kind === 'none') return '';
  const url = urls.get(database.kind === 'of' ? database.contender : name);
  if (url === undefined) throw new Error(`${name} has no database; it needs the contender it follows`);
  return url;
}

function rotate<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % Math.max(items.length, 1);
  return [...items.slice(start), ...items.slice(0, start)];
}
