import { join } from 'node:path';
import { writeLayouts, type WorkloadFiles } from '../layout.ts';
import { CONNECTIONS } from '../options.ts';
import { namesOf } from '../programs.ts';
import { trial, trialOf, type Suite, type SuiteInit, type Trial } from '../suite.ts';
import { makeTenants, type Tenants } from '../tenants.ts';
import { generateMigrations } from '../workload.ts';

/** W2: some migrations in each of many tenant schemas, which are there already. */
export class FleetSuite implements Suite {
  readonly name = 'w2';
  readonly title: string;
  readonly reference = 'floor batch-4';
  readonly roundsMax = Infinity;
  readonly #init: SuiteInit;
  #prepared: { readonly files: WorkloadFiles; readonly tenants: Tenants } | null = null;

  constructor(init: SuiteInit) {
    this.#init = init;
    const { tenants, migrationsPerTenant } = init.sizes;
    this.title = `${migrationsPerTenant} migrations in each of ${tenants} tenant schemas`;
  }

  async prepare(): Promise<void> {
    const { folder, sizes, databases } = this.#init;
    const files = await writeLayouts(join(folder, 'w2'), generateMigrations(sizes.migrationsPerTenant));
    const tenants = await makeTenants(folder, sizes.tenants);
    await databases.makeTemplate({ name: 'w2', schemas: namesOf(tenants) });
    this.#prepared = { files, tenants };
  }

  async trials(round: number): Promise<readonly Trial[]> {
    const trials: Trial[] = [];
    for (const connections of CONNECTIONS) {
      for (const shape of ['batch', 'one'] as const) {
        trials.push(await this.#floor(round, shape, connections));
      }
      for (const commit of ['per-migration', 'per-target']) {
        trials.push(await this.#bfm(round, commit, connections));
      }
    }
    return [...trials, ...(await this.#peers(round))];
  }

  extras(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }

  async #floor(round: number, shape: 'batch' | 'one', connections: number): Promise<Trial> {
    const { files, tenants } = this.#workload();
    const url = await this.#copy(`floor_${shape}_${connections}`, round);
    const work = { shape, connections, schemas: tenants };
    return trial(`floor ${shape}-${connections}`, () => this.#init.programs.floor(url, files, work));
  }

  async #bfm(round: number, commit: string, connections: number): Promise<Trial> {
    const { files, tenants } = this.#workload();
    const url = await this.#copy(`bfm_${commit}_${connections}`, round);
    const how = ['--concurrency', String(connections), '--commit', commit];
    const args = ['up', '--yes', ...tenants.args, ...how];
    return trial(`bfm ${commit}-${connections}`, () =>
      this.#init.programs.bfm(url, files.sfm, { args, connections }),
    );
  }

  async #peers(round: number): Promise<readonly Trial[]> {
    const { programs, sizes } = this.#init;
    const { files, tenants } = this.#workload();
    const schemas = { format: tenants.format, count: sizes.sampledTenants };
    const sampled = { share: sizes.sampledTenants / tenants.count };
    const trials: Trial[] = [];
    for (const processes of [1, 2, 4]) {
      const url = await this.#copy(`dbmate_${processes}`, round);
      const command = programs.dbmate(url, files, { schemas, processes });
      trials.push(...trialOf(`dbmate-${processes}`, command, sampled));
    }
    const [drizzle, other] = [await this.#copy('drizzle', round), await this.#copy('npm', round)];
    return [
      ...trials,
      trial('drizzle', () => programs.drizzle(drizzle, files, tenants)),
      trial('node-pg-migrate', () => programs.nodePgMigrate(other, files, tenants)),
    ];
  }

  #copy(contender: string, round: number): Promise<string> {
    return this.#init.databases.copy('w2', `w2_${contender}_${round}`);
  }

  #workload(): { readonly files: WorkloadFiles; readonly tenants: Tenants } {
    if (this.#prepared === null) throw new Error('prepare first');
    return this.#prepared;
  }
}
