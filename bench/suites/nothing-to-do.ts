import { join } from 'node:path';
import { writeLayouts, type WorkloadFiles } from '../layout.ts';
import { DEFAULT_CONNECTIONS } from '../options.ts';
import { namesOf, type SchemaRange } from '../programs.ts';
import { SHORT_REPEATS, trial, trialOf, type Suite, type SuiteInit, type Trial } from '../suite.ts';
import { makeTenants } from '../tenants.ts';
import { generateMigrations } from '../workload.ts';

/** What the no-op of a fleet cannot do without: reading every ledger of a database. */
const LEDGER_QUERY = 'SELECT scope_id, migration_id, revision_id, status FROM bfm.ledger';

interface Finished {
  readonly name: string;
  readonly files: WorkloadFiles;
  readonly schemas: SchemaRange;
  readonly bfmArgs: readonly string[];
  /** Of the schemas, those that dbmate is run on: it is started for each, so that its time can be multiplied. */
  readonly sampled: SchemaRange;
  /** By contender. */
  readonly urls: ReadonlyMap<string, string>;
}

/** W3: the commands of W1 and W2 again, with nothing to do. */
export class NothingToDoSuite implements Suite {
  readonly name = 'w3';
  readonly title = 'W1 and W2 again, with nothing to do';
  readonly reference = 'node -e 0';
  readonly roundsMax = Infinity;
  readonly #init: SuiteInit;
  readonly #finished: Finished[] = [];

  constructor(init: SuiteInit) {
    this.#init = init;
  }

  async prepare(): Promise<void> {
    const { folder, sizes } = this.#init;
    const one = { format: 'app_%d', count: 1 };
    await this.#finish('one schema', sizes.migrations, {
      schemas: one,
      sampled: one,
      bfmArgs: ['--schema', 'app_1'],
    });
    const tenants = await makeTenants(folder, sizes.tenants);
    await this.#finish('fleet', sizes.migrationsPerTenant, {
      schemas: tenants,
      sampled: { format: tenants.format, count: sizes.sampledTenants },
      bfmArgs: tenants.args,
    });
  }

  trials(): Promise<readonly Trial[]> {
    const short = { repeats: SHORT_REPEATS };
    const node = trial('node -e 0', () => this.#init.programs.node(), short);
    return Promise.resolve([node, ...this.#finished.flatMap((finished) => this.#trialsOf(finished))]);
  }

  async extras(): Promise<Readonly<Record<string, number>>> {
    const url = this.#finished.find(({ name }) => name === 'fleet')?.urls.get('bfm') ?? '';
    return { ledgerQuery: await this.#init.databases.timeQuery(url, LEDGER_QUERY) };
  }

  async #finish(
    name: string,
    migrations: number,
    work: Pick<Finished, 'schemas' | 'sampled' | 'bfmArgs'>,
  ): Promise<void> {
    const { folder, databases } = this.#init;
    const place = name.replace(' ', '_');
    const files = await writeLayouts(join(folder, 'w3', place), generateMigrations(migrations));
    const urls = new Map<string, string>();
    for (const contender of ['floor', 'bfm', 'dbmate', 'drizzle', 'node-pg-migrate']) {
      const template = { name: `w3_${place}_${contender}`, schemas: namesOf(work.schemas) };
      urls.set(contender, await databases.make(template));
    }
    const finished = { name, files, urls, ...work };
    this.#finished.push(finished);
    for (const { command } of this.#trialsOf(finished, 'batch')) await this.#init.run(await command());
  }

  #trialsOf(
    { name, files, schemas, sampled, bfmArgs, urls }: Finished,
    shape: 'noop' | 'batch' = 'noop',
  ): readonly Trial[] {
    const { programs } = this.#init;
    const url = (contender: string): string => urls.get(contender) ?? '';
    const short = { repeats: SHORT_REPEATS };
    const part = { ...short, share: sampled.count / schemas.count };
    const bfm = { args: ['up', '--yes', ...bfmArgs], connections: DEFAULT_CONNECTIONS };
    const dbmate = programs.dbmate(url('dbmate'), files, { schemas: sampled, processes: 4 });
    return [
      trial(
        `${name}: floor`,
        () => programs.floor(url('floor'), files, { shape, connections: 1, schemas }),
        short,
      ),
      trial(`${name}: bfm`, () => programs.bfm(url('bfm'), files.sfm, bfm), short),
      ...trialOf(`${name}: dbmate`, dbmate, part),
      trial(`${name}: drizzle`, () => programs.drizzle(url('drizzle'), files, schemas)),
      trial(`${name}: node-pg-migrate`, () => programs.nodePgMigrate(url('node-pg-migrate'), files, schemas)),
    ];
  }
}
