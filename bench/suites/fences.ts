import { join } from 'node:path';
import { writeLayouts, type WorkloadFiles } from '../layout.ts';
import { DEFAULT_CONNECTIONS } from '../options.ts';
import { namesOf } from '../programs.ts';
import { trial, type Suite, type SuiteInit, type Trial } from '../suite.ts';
import { makeTenants, type Tenants } from '../tenants.ts';
import { UNFENCED } from '../unfenced.ts';
import { generateMigrations } from '../workload.ts';

/** How targets are held: not at all, as always, and with leases besides. */
const WAYS = ['unfenced', 'fenced', 'fenced and leased'] as const;

/** W2 with fences and leases, and without: what exactly once costs. */
export class FencesSuite implements Suite {
  readonly name = 'fences';
  readonly title: string;
  readonly reference = 'per-migration unfenced';
  readonly roundsMax = Infinity;
  readonly #init: SuiteInit;
  #prepared: {
    readonly files: WorkloadFiles;
    readonly tenants: Tenants;
    readonly locks: string;
  } | null = null;

  constructor(init: SuiteInit) {
    this.#init = init;
    const { tenants, migrationsPerTenant } = init.sizes;
    this.title = `W2 with locks, fences and leases, and without: ${migrationsPerTenant} migrations in each of ${tenants} schemas`;
  }

  async prepare(): Promise<void> {
    const { folder, sizes, databases, programs, run } = this.#init;
    const files = await writeLayouts(join(folder, 'fences'), generateMigrations(sizes.migrationsPerTenant));
    const tenants = await makeTenants(folder, sizes.tenants);
    const locks = await databases.make({ name: 'fences_locks', schemas: [] });
    for (const name of ['fenced', 'unfenced']) {
      const schemas = [...namesOf(tenants), 'outside'];
      const url = await databases.make({ name: `fences_${name}`, schemas });
      // Makes the ledger, so that none of them has to.
      const args = ['up', '--yes', '--schema', 'outside'];
      await run(programs.bfm(url, files.sfm, { args, connections: 1 }));
      if (name === 'unfenced') await databases.run(url, UNFENCED);
    }
    this.#prepared = { files, tenants, locks };
  }

  async trials(round: number): Promise<readonly Trial[]> {
    const trials: Trial[] = [];
    for (const commit of ['per-migration', 'per-target']) {
      for (const way of WAYS) trials.push(await this.#bfm(round, commit, way));
    }
    return trials;
  }

  extras(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }

  async #bfm(round: number, commit: string, way: (typeof WAYS)[number]): Promise<Trial> {
    if (this.#prepared === null) throw new Error('prepare first');
    const { files, tenants, locks } = this.#prepared;
    const { databases, programs } = this.#init;
    const template = way === 'unfenced' ? 'fences_unfenced' : 'fences_fenced';
    const url = await databases.copy(template, `fences_${commit}_${WAYS.indexOf(way)}_${round}`);
    const args = ['up', '--yes', ...tenants.args, '--commit', commit];
    const environment = way === 'fenced and leased' ? { BFM_LOCK_URL: locks } : {};
    const work = { args, connections: DEFAULT_CONNECTIONS, environment };
    return trial(`${commit} ${way}`, () => programs.bfm(url, files.sfm, work));
  }
}
