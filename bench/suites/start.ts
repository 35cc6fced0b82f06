import { join } from 'node:path';
import { writeLayouts } from '../layout.ts';
import { DEFAULT_CONNECTIONS } from '../options.ts';
import { trial, type Suite, type SuiteInit, type Trial } from '../suite.ts';
import { generateMigrations } from '../workload.ts';

/** So short that only many tell something. */
const REPEATS = 15;

/** Starting up: the least that a command takes. */
export class StartSuite implements Suite {
  readonly name = 'start';
  readonly title = 'starting up';
  readonly reference = 'node -e 0';
  readonly roundsMax = Infinity;
  readonly #init: SuiteInit;
  #trials: readonly Trial[] = [];

  constructor(init: SuiteInit) {
    this.#init = init;
  }

  async prepare(): Promise<void> {
    const { folder, programs, databases, run } = this.#init;
    const files = await writeLayouts(join(folder, 'start'), generateMigrations(20));
    const url = await databases.make({ name: 'start', schemas: ['app_1'] });
    const bfm =
      (...args: string[]): Trial['command'] =>
      () =>
        programs.bfm(url, files.sfm, { args, connections: DEFAULT_CONNECTIONS });
    const version: Trial['command'] = () => ({
      program: programs.paths.node,
      args: [programs.paths.bfm, '--version'],
      environment: {},
    });
    await run(await bfm('up', '--yes', '--schema', 'app_1')());
    this.#trials = [
      trial('node -e 0', () => programs.node(), { repeats: REPEATS }),
      trial('bfm --version', version, { repeats: REPEATS }),
      trial('bfm status', bfm('status', '--schema', 'app_1'), { repeats: REPEATS }),
    ];
  }

  trials(): Promise<readonly Trial[]> {
    return Promise.resolve(this.#trials);
  }

  extras(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }
}
