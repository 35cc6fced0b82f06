import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Databases } from './databases.ts';
import { Stopwatch } from './measure.ts';
import type { BenchOptions, SuiteName } from './options.ts';
import type { Programs } from './programs.ts';
import type { Measured, ResultsFolder, SuiteResults } from './results.ts';
import { runRound } from './rounds.ts';
import { startServer } from './server.ts';
import type { Suite, SuiteInit } from './suite.ts';
import { AddColumnSuite } from './suites/add-column.ts';
import { FencesSuite } from './suites/fences.ts';
import { FleetSuite } from './suites/fleet.ts';
import { ManyTargetsSuite } from './suites/many-targets.ts';
import { MemorySuite } from './suites/memory.ts';
import { NothingToDoSuite } from './suites/nothing-to-do.ts';
import { OneSchemaSuite } from './suites/one-schema.ts';
import { StartSuite } from './suites/start.ts';

/** What suites are measured with. */
export interface MeasureInit {
  readonly options: BenchOptions;
  /** For files. */
  readonly folder: string;
  readonly programs: Programs;
  readonly results: ResultsFolder;
}

const SUITES: Readonly<Record<SuiteName, new (init: SuiteInit) => Suite>> = {
  w1: OneSchemaSuite,
  w2: FleetSuite,
  w3: NothingToDoSuite,
  w4: AddColumnSuite,
  w5: ManyTargetsSuite,
  start: StartSuite,
  memory: MemorySuite,
  fences: FencesSuite,
};

/** Measures the rounds of a suite that are missing, on a server of its own, and writes them down one by one. */
export async function measureSuite(name: SuiteName, init: MeasureInit): Promise<void> {
  const { options, results } = init;
  const kept = options.resume ? keptRounds(await results.read(name), options) : [];
  const done = Math.max(0, ...kept.map(({ round }) => round));
  const folder = join(init.folder, name);
  await mkdir(folder, { recursive: true });
  await using server = await startServer(process.env['BFM_BENCH_URL'], options.postgres);
  await using databases = await Databases.open(server);
  const stopwatch = await Stopwatch.create(folder, server);
  const suite = new SUITES[name]({
    folder,
    sizes: options.sizes,
    programs: init.programs,
    databases,
    run: async (command) => {
      await stopwatch.run(command);
    },
  });
  const rounds = Math.min(options.rounds, suite.roundsMax);
  if (done >= rounds) return;
  const settings = `${server.description}; ${await databases.describe()}; ${availableParallelism()} cores, Node ${process.versions.node}`;
  console.log(`\n${name}: ${suite.title}\n${settings}`);
  await suite.prepare();
  const measured = [...kept];
  for (let round = done + 1; round <= rounds; round += 1) {
    const settle = (): Promise<void> => databases.settle();
    measured.push(...(await runRound({ suite, round, stopwatch, settle, report: tell })));
    const { title, reference } = suite;
    const extras = await suite.extras();
    await results.write({ suite: name, title, reference, settings, sizes: options.sizes, measured, extras });
  }
}

function tell(line: string): void {
  console.log(line);
}

/** Rounds of other sizes say nothing about these. */
function keptRounds(found: SuiteResults | null, { sizes }: BenchOptions): readonly Measured[] {
  return found !== null && JSON.stringify(found.sizes) === JSON.stringify(sizes) ? found.measured : [];
}
