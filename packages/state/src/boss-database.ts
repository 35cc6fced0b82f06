import pg from 'pg';
import type { StateDatabaseOptions } from './state-database.ts';
import { toPoolConfig, toStatePool, type StatePool } from './pool-config.ts';

/** Connections enough for looking, beating and supervising. */
const CONNECTIONS_MAX = 3;

/** The connections of pg-boss: every call is one message, and nothing is left in a session. */
export class BossDatabase {
  readonly #pool: pg.Pool;

  constructor({ address, limits }: StateDatabaseOptions) {
    this.#pool = new pg.Pool({
      ...toPoolConfig({ address, limits: { ...limits, connectionsMax: CONNECTIONS_MAX } }),
      application_name: 'bfm-queue',
    });
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** As pg-boss calls it: without values a text may be several statements. */
  async executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
    const result: unknown = await this.#pool.query(text, values);
    // Of several statements pg gives a list; pg-boss knows what to do with it.
    return result as { rows: unknown[] };
  }

  /** One reading statement. */
  async query<Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]> {
    return (await this.#pool.query<Row>(text)).rows;
  }

  /** Its connections now. */
  pool(): StatePool {
    return toStatePool('queue', this.#pool);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
