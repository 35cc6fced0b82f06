import { quoteIdentifier } from '@bfm/core';
import pg from 'pg';
import { toPoolConfig, toStatePool, type StatePool } from './pool-config.ts';
import { describeState, type StateAddress, type StateLimits } from './state-address.ts';
import { isCollision, toStateError } from './state-error.ts';

/** One transaction, as what is kept in tables sees it. */
export interface StateTransaction {
  readonly query: <Row extends object>(text: string, values: readonly unknown[]) => Promise<readonly Row[]>;
}

/** What a database of the state is made of. */
export interface StateDatabaseOptions {
  readonly address: StateAddress;
  readonly schema: string;
  readonly limits: StateLimits;
}

/**
 * The connections to the state, and transactions on them. Nothing is left in a session: settings are those of the
 * transaction and statements have no names, so that a pooler may lend another session for each transaction.
 */
export class StateDatabase {
  readonly address: string;
  readonly #pool: pg.Pool;
  readonly #settings: readonly string[];

  constructor({ address, schema, limits }: StateDatabaseOptions) {
    this.address = describeState(address);
    const path = `${quoteIdentifier(schema)}, pg_temp`;
    const timeouts = [limits.statementTimeoutMs, limits.lockTimeoutMs, limits.statementTimeoutMs];
    this.#settings = [path, ...timeouts.map((ms) => `${Math.ceil(ms)}ms`)];
    this.#pool = new pg.Pool({
      ...toPoolConfig({ address, limits }),
      types: { getTypeParser },
      pipeline: true,
    });
    // An idle connection that the server ends is simply gone; the next transaction opens another.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /**
   * Does something in one transaction; again, from its beginning, when the database gave it up in favour of another.
   *
   * @throws {state.unavailable} {state.not_ready}
   */
  async transact<T>(mode: 'write' | 'read', work: (transaction: StateTransaction) => Promise<T>): Promise<T> {
    const begin = mode === 'write' ? BEGIN_WRITING : BEGIN_READING;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#transact(begin, work);
      } catch (error) {
        if (!isCollision(error) || tries === TRIES_MAX) throw toStateError(error, this.address);
        // At once: it now waits for the locks of whoever won.
      }
    }
  }

  /**
   * One statement in a transaction of its own, all of it sent at once: it takes the time of one answer, however far away the
   * state is. Only for what may as well commit by itself.
   *
   * @throws {state.unavailable} {state.not_ready}
   */
  async once<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    let client: pg.PoolClient | null = null;
    let broken = true;
    try {
      client = await this.#pool.connect();
      const [, , { rows }, { command }] = await Promise.all([
        client.query(BEGIN_WRITING),
        client.query(SETTINGS, [...this.#settings]),
        client.query<Row & pg.QueryResultRow>(text, [...values]),
        client.query('COMMIT'),
      ]);
      if (command !== 'COMMIT') throw new Error('a failed statement was passed over');
      broken = false;
      return rows;
    } catch (error) {
      throw toStateError(error, this.address);
    } finally {
      // What was sent behind an error may not be answered yet.
      client?.release(broken);
    }
  }

  /** Its connections now. */
  pool(use: StatePool['use']): StatePool {
    return toStatePool(use, this.#pool);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #transact<T>(begin: string, work: (transaction: StateTransaction) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken = true;
    try {
      // Together: what follows is only sent once there is a transaction.
      await Promise.all([client.query(begin), client.query(SETTINGS, [...this.#settings])]);
      const result = await work({
        query: async <Row extends object>(text: string, values: readonly unknown[]) =>
          (await client.query<Row & pg.QueryResultRow>(text, [...values])).rows,
      });
      const { command } = await client.query('COMMIT');
      // A transaction that had failed answers COMMIT with ROLLBACK, and no error.
      if (command !== 'COMMIT') throw new Error('a failed statement was passed over');
      broken = false;
      return result;
    } catch (error) {
      // Whatever state it is in: aborted if it still answers, thrown away if not.
      broken = await client.query('ROLLBACK').then(
        () => false,
        () => true,
      );
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

/** Of a transaction that collides with others. */
const TRIES_MAX = 5;
const BEGIN_WRITING = 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE';
const BEGIN_READING = 'BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY';
const SETTINGS = `
SELECT set_config('search_path', $1, true), set_config('statement_timeout', $2, true), set_config('lock_timeout', $3, true),
  set_config('idle_in_transaction_session_timeout', $4, true), set_config('timezone', 'UTC', true)`;

const TIMESTAMPTZ: number = pg.types.builtins.TIMESTAMPTZ;

/** Times stay texts: a Date would lose the microseconds that pages are cut by. */
const getTypeParser: typeof pg.types.getTypeParser = (...type: readonly unknown[]): never => {
  if (type[0] === TIMESTAMPTZ) return toRfc3339 as never;
  return Reflect.apply(pg.types.getTypeParser, pg.types, type) as never;
};

function toRfc3339(text: string): string {
  return text.replace(' ', 'T').replace(/\+00$/, 'Z');
}
