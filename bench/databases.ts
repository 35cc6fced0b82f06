import pg from 'pg';
import type { BenchServer } from './server.ts';
import { toSpread } from './statistics.ts';

/** Prefix of every database made here. */
const PREFIX = 'bfm_bench_';

/** What the databases of a workload start from. */
export interface Template {
  readonly name: string;
  readonly schemas: readonly string[];
}

/**
 * Makes databases and drops them all at the very end: dropping one slows the server for seconds. A contender never
 * shares one with another.
 */
export class Databases implements AsyncDisposable {
  readonly #server: BenchServer;
  readonly #admin: pg.Client;
  readonly #made: string[] = [];

  private constructor(server: BenchServer, admin: pg.Client) {
    this.#server = server;
    this.#admin = admin;
  }

  static async open(server: BenchServer): Promise<Databases> {
    const admin = new pg.Client({ connectionString: server.url('postgres') });
    await admin.connect();
    return new Databases(server, admin);
  }

  /** The server's version and the settings that decide what a commit costs. */
  async describe(): Promise<string> {
    const settings = ['server_version', 'fsync', 'synchronous_commit', 'shared_buffers', 'max_wal_size'];
    const found = await this.#admin.query<{ name: string; value: string }>(
      'SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS t(name)',
      [settings],
    );
    return found.rows.map(({ name, value }) => `${name} ${value}`).join(', ');
  }

  /** Makes a database with empty schemas, to be copied. */
  async makeTemplate({ name, schemas }: Template): Promise<void> {
    const url = await this.#create(name, 'template1');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(schemas.map((schema) => `CREATE SCHEMA ${pg.escapeIdentifier(schema)}`).join(';'));
    } finally {
      await client.end();
    }
  }

  /** Makes a database with empty schemas, and gives back its address. */
  async make(template: Template): Promise<string> {
    await this.makeTemplate(template);
    return this.#server.url(PREFIX + template.name);
  }

  /** Runs SQL in a database, untimed. */
  async run(url: string, sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  /** Copies a template and gives back the address of the copy. */
  async copy(template: string, name: string): Promise<string> {
    return this.#create(name, PREFIX + template);
  }

  /** Writes out what the last contender left behind, so that it is not charged to the next one. */
  async settle(): Promise<void> {
    await this.#admin.query('CHECKPOINT');
  }

  /** The middle time of a query on an open connection, in seconds. */
  async timeQuery(url: string, sql: string): Promise<number> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const seconds: number[] = [];
      for (let repeat = 0; repeat < 5; repeat += 1) {
        const started = performance.now();
        await client.query(sql);
        seconds.push((performance.now() - started) / 1_000);
      }
      return toSpread(seconds).median;
    } finally {
      await client.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#made) {
      await this.#admin.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    }
    await this.#admin.end();
  }

  async #create(name: string, template: string): Promise<string> {
    const full = PREFIX + name;
    await this.#admin.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(full)} WITH (FORCE)`);
    this.#made.push(full);
    await this.#admin.query(
      `CREATE DATABASE ${pg.escapeIdentifier(full)} TEMPLATE ${pg.escapeIdentifier(template)}`,
    );
    return this.#server.url(full);
  }
}
