import { join } from 'node:path';
import { writeLayouts, type WorkloadFiles } from '../layout.ts';
import { CONNECTIONS, DEFAULT_CONNECTIONS } from '../options.ts';
import { namesOf, type SchemaRange } from '../programs.ts';
import { trial, type Suite, type SuiteInit, type Trial } from '../suite.ts';
import { makeTenants, type Tenants } from '../tenants.ts';
import { generateColumns } from '../workload.ts';

/** A database in which every contender's run adds one more column to the same table of every schema. */
interface GrowingDatabase {
  readonly url: string;
  columns: number;
}

/** W4: one `ADD COLUMN ... DEFAULT` in thousands of existing schemas. */
export class AddColumnSuite implements Suite {
  readonly name = 'w4';
  readonly title: string;
  readonly reference = 'few: floor-4';
  readonly roundsMax = Infinity;
  readonly #init: SuiteInit;
  readonly #databases = new Map<string, GrowingDatabase>();
  readonly #files = new Map<number, Promise<WorkloadFiles>>();

  constructor(init: SuiteInit) {
    this.#init = init;
    const { fewSchemas, manySchemas } = init.sizes;
    this.title = `one ADD COLUMN ... DEFAULT in each of ${fewSchemas} (few) and ${manySchemas} (many) schemas`;
  }

  async prepare(): Promise<void> {
    const { sizes, programs, run } = this.#init;
    const base = await this.#layout(0);
    for (const [size, count] of [
      ['few', sizes.fewSchemas],
      ['many', sizes.manySchemas],
    ] as const) {
      const tenants = await makeTenants(this.#init.folder, count);
      const floor = await this.#grow(`${size}_floor`, tenants);
      await run(
        programs.floor(floor, base, { shape: 'batch', connections: DEFAULT_CONNECTIONS, schemas: tenants }),
      );
      const bfm = await this.#grow(`${size}_bfm`, tenants);
      const args = ['up', '--yes', ...tenants.args];
      await run(programs.bfm(bfm, base.sfm, { args, connections: DEFAULT_CONNECTIONS }));
    }
    // dbmate works beside as many others as the rest.
    const few = await makeTenants(this.#init.folder, sizes.fewSchemas);
    const dbmate = await this.#grow('few_dbmate', few);
    await run(
      programs.floor(dbmate, base, { shape: 'batch', connections: DEFAULT_CONNECTIONS, schemas: few }),
    );
    const sampled = this.#sampled();
    const schemas = namesOf(sampled).map((name) => `CREATE SCHEMA ${name}`);
    await this.#init.databases.run(dbmate, schemas.join(';'));
    const command = programs.dbmate(dbmate, base, { schemas: sampled, processes: 4 });
    if (command !== null) await run(command);
  }

  async trials(): Promise<readonly Trial[]> {
    const { sizes, folder, programs } = this.#init;
    const few = await makeTenants(folder, sizes.fewSchemas);
    const many = await makeTenants(folder, sizes.manySchemas);
    const hasDbmate = programs.paths.dbmate !== null;
    return [
      ...CONNECTIONS.flatMap((connections) => [
        this.#floor('few', few, connections),
        this.#bfm('few', few, connections),
      ]),
      this.#floor('many', many, DEFAULT_CONNECTIONS),
      this.#bfm('many', many, DEFAULT_CONNECTIONS),
      ...(hasDbmate ? [this.#dbmate()] : []),
    ];
  }

  extras(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }

  #floor(size: string, schemas: Tenants, connections: number): Trial {
    return trial(`${size}: floor-${connections}`, async () => {
      const { url, files } = await this.#next(`${size}_floor`);
      return this.#init.programs.floor(url, files, { shape: 'batch', connections, schemas, only: 'last' });
    });
  }

  #bfm(size: string, tenants: Tenants, connections: number): Trial {
    return trial(`${size}: bfm-${connections}`, async () => {
      const { url, files } = await this.#next(`${size}_bfm`);
      const args = ['up', '--yes', ...tenants.args, '--concurrency', String(connections)];
      return this.#init.programs.bfm(url, files.sfm, { args, connections });
    });
  }

  #dbmate(): Trial {
    const { sizes, programs } = this.#init;
    const share = sizes.sampledTenants / sizes.fewSchemas;
    const command: Trial['command'] = async () => {
      const { url, files } = await this.#next('few_dbmate');
      const found = programs.dbmate(url, files, { schemas: this.#sampled(), processes: 4 });
      if (found === null) throw new Error('there is no dbmate');
      return found;
    };
    return trial('few: dbmate-4', command, { share });
  }

  /** The files with one more column than the database has had so far. */
  async #next(name: string): Promise<{ readonly url: string; readonly files: WorkloadFiles }> {
    const database = this.#databases.get(name);
    if (database === undefined) throw new Error('prepare first');
    database.columns += 1;
    return { url: database.url, files: await this.#layout(database.columns) };
  }

  #layout(columns: number): Promise<WorkloadFiles> {
    const known = this.#files.get(columns);
    if (known !== undefined) return known;
    const made = writeLayouts(join(this.#init.folder, 'w4', String(columns)), generateColumns(columns));
    this.#files.set(columns, made);
    return made;
  }

  async #grow(name: string, schemas: SchemaRange): Promise<string> {
    const url = await this.#init.databases.make({ name: `w4_${name}`, schemas: namesOf(schemas) });
    this.#databases.set(name, { url, columns: 0 });
    return url;
  }

  #sampled(): SchemaRange {
    return { format: 'alone_%d', count: this.#init.sizes.sampledTenants };
  }
}
