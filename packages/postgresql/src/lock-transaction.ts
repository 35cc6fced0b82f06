import type pg from 'pg';
import { together } from './together.ts';

/** The answer to one try. */
export interface TriedLock {
  readonly locked: boolean;
  /** The backend of the transaction. */
  readonly pid: number;
}

/**
 * The transaction that holds the lock of a target. It has a snapshot only while it asks something: CREATE INDEX CONCURRENTLY
 * of anybody, in whatever schema, waits for the *end* of each transaction that has one at the moment when it looks, even
 * when that lets go of it right after. So questions and what follows them go to the server together, which leaves such a
 * moment to chance, and whom somebody waits for all the same begins anew. Without that two runs could wait for each other
 * for ever: one for its turn to build, the other, whose turn it is, for this transaction.
 */
export class LockTransaction {
  readonly #client: pg.ClientBase;
  readonly #schema: string;
  readonly #stay: string;

  constructor(
    client: pg.ClientBase,
    { schema, silenceMs }: { readonly schema: string; readonly silenceMs: number },
  ) {
    this.#client = client;
    this.#schema = schema;
    this.#stay = stayFor(silenceMs);
  }

  /** Begins it and tries once to get the lock. */
  async begin(): Promise<TriedLock> {
    return this.#tryLock(['BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY']);
  }

  /**
   * Has the server hear of it, and begins it anew when somebody waits for its end.
   *
   * @throws when the lock is lost by that
   */
  async stay(pid: number): Promise<void> {
    const [found] = await this.#ask<{ awaited: boolean }>(IS_AWAITED, []);
    if (found?.awaited !== true) return;
    const again = await this.#tryLock(['ROLLBACK', 'BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY']);
    // In another session of the pooler nobody would know whose it is.
    if (!again.locked || again.pid !== pid) throw new Error('the lock was lost while it was taken anew');
  }

  async #tryLock(first: readonly string[]): Promise<TriedLock> {
    const [row] = await this.#ask<TriedLock>(TRY_LOCK, [this.#schema], first);
    if (row === undefined) throw new Error('a lock that was tried gave no row');
    return row;
  }

  /** Asks, and has the snapshot let go at once. */
  async #ask<Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[],
    first: readonly string[] = [],
  ): Promise<readonly Row[]> {
    const [found] = await Promise.all(
      together(this.#client, () => {
        const before = first.map((statement) => this.#client.query(statement));
        const asked = this.#client.query<Row>(text, [...values]);
        return [asked, this.#client.query(this.#stay), ...before] as const;
      }),
    );
    return found.rows;
  }
}

// The key is that of bfm.take.
const TRY_LOCK =
  "SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('bfm ' || $1, 0)) AS locked, pg_catalog.pg_backend_pid() AS pid";

/** Whoever waits for a transaction as a whole waits for its virtual id. */
const IS_AWAITED = `
SELECT EXISTS (
  SELECT FROM pg_catalog.pg_locks w
  WHERE w.locktype = 'virtualxid' AND NOT w.granted AND w.virtualxid IN (
    SELECT m.virtualtransaction FROM pg_catalog.pg_locks m WHERE m.pid = pg_catalog.pg_backend_pid())) AS awaited`;

/**
 * The transaction is idle for as long as the target is held, but for this, which is sent again and again. By the simple
 * protocol, without values: it closes the portal of the query before, and lets go of its snapshot.
 */
function stayFor(ms: number): string {
  return ['SET LOCAL idle_in_transaction_session_timeout', String(Math.ceil(ms))].join(' = ');
}
