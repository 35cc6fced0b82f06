import { join } from 'node:path';
import { writeLayouts, type WorkloadFiles } from '../layout.ts';
import { DEFAULT_CONNECTIONS } from '../options.ts';
import type { FloorShape } from '../programs.ts';
import { trial, trialOf, type Suite, type SuiteInit, type Trial } from '../suite.ts';
import { generateMigrations } from '../workload.ts';

const SCHEMAS = { format: 'app_%d', count: 1 };
const SCHEMA = 'app_1';

/** W1: many migrations in one schema, whole processes. */
export class OneSchemaSuite implements Suite {
  readonly name = 'w1';
  readonly title: string;
  readonly reference = 'floor batch-1';
  readonly roundsMax = Infinity;
  readonly #init: SuiteInit;
  #files: WorkloadFiles | null = null;

  constructor(init: SuiteInit) {
    this.#init = init;
    this.title = `${init.sizes.migrations} migrations in one schema`;
  }

  async prepare(): Promise<void> {
    const { folder, sizes, databases } = this.#init;
    this.#files = await writeLayouts(join(folder, 'w1'), generateMigrations(sizes.migrations));
    await databases.makeTemplate({ name: 'w1', schemas: [SCHEMA] });
  }

  async trials(round: number): Promise<readonly Trial[]> {
    const { programs, databases } = this.#init;
    const files = this.#files;
    if (files === null) throw new Error('prepare first');
    const copy = (contender: string): Promise<string> => databases.copy('w1', `w1_${contender}_${round}`);
    const trials: Trial[] = [];
    for (const shape of ['txn', 'batch', 'one'] satisfies FloorShape[]) {
      const url = await copy(`floor_${shape}`);
      const work = { shape, connections: 1, schemas: SCHEMAS };
      trials.push(trial(`floor ${shape}-1`, () => programs.floor(url, files, work)));
    }
    for (const commit of ['per-migration', 'per-target']) {
      const url = await copy(`bfm_${commit}`);
      const args = ['up', '--yes', '--schema', SCHEMA, '--commit', commit];
      const bfm = { args, connections: DEFAULT_CONNECTIONS };
      trials.push(trial(`bfm ${commit}`, () => programs.bfm(url, files.sfm, bfm)));
    }
    const work = { schemas: SCHEMAS, processes: 1 };
    return [
      ...trials,
      ...trialOf('dbmate', programs.dbmate(await copy('dbmate'), files, work)),
      ...trialOf('drizzle', programs.drizzle(await copy('drizzle'), files, SCHEMAS)),
      ...trialOf('node-pg-migrate', programs.nodePgMigrate(await copy('npm'), files, SCHEMAS)),
    ];
  }

  extras(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }
}
