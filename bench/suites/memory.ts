import { join } from 'node:path';
import { writeLayouts } from '../layout.ts';
import { DEFAULT_CONNECTIONS } from '../options.ts';
import { namesOf } from '../programs.ts';
import { trial, type Suite, type SuiteInit, type Trial } from '../suite.ts';
import { makeTenants } from '../tenants.ts';
import { generateMigrations } from '../workload.ts';

/** How much more memory a fleet takes that is a hundred times as large. */
export class MemorySuite implements Suite {
  readonly name = 'memory';
  readonly title: string;
  readonly reference = 'small: bfm per-migration';
  readonly roundsMax = 1;
  readonly #init: SuiteInit;

  constructor(init: SuiteInit) {
    this.#init = init;
    const { smallFleet, largeFleet, migrationsPerTenant } = init.sizes;
    this.title = `${migrationsPerTenant} migrations in each of ${smallFleet} (small) and ${largeFleet} (large) schemas`;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async trials(): Promise<readonly Trial[]> {
    const { folder, sizes, programs, databases } = this.#init;
    const files = await writeLayouts(join(folder, 'memory'), generateMigrations(sizes.migrationsPerTenant));
    const trials: Trial[] = [];
    for (const [size, count] of [
      ['small', sizes.smallFleet],
      ['large', sizes.largeFleet],
    ] as const) {
      const tenants = await makeTenants(folder, count);
      for (const commit of ['per-migration', 'per-target']) {
        const name = `memory_${size}_${commit}`;
        const url = await databases.make({ name, schemas: namesOf(tenants) });
        const args = ['up', '--yes', ...tenants.args, '--commit', commit];
        const bfm = { args, connections: DEFAULT_CONNECTIONS };
        trials.push(trial(`${size}: bfm ${commit}`, () => programs.bfm(url, files.sfm, bfm)));
      }
    }
    return trials;
  }

  extras(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }
}
