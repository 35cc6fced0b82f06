import pg from 'pg';
import { toClientConfig, type Route } from '../client-config.ts';
import { connectionOf } from '../together.ts';
import { codeOf } from '../pg-errors.ts';
import { END_LENT, END_SESSION, LOOK, toLook, type Look, type LookRow } from './look.ts';

/** SQLSTATE of a server that lets nobody in because it starts or stops. */
const NOT_READY = '57P03';

const END_TIMEOUT_MS = 1_000;

/** Looks at a backend over a connection of its own, made for the first look and closed with this. */
export class Looker implements Disposable {
  readonly #route: Route;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly #lentSince: () => string | null;
  #client: pg.Client | null = null;

  /** @param lentSince when our transaction began in a session that a pooler lends; `null`: nobody knows */
  constructor(
    route: Route,
    sleep: (ms: number, signal: AbortSignal) => Promise<void>,
    lentSince: () => string | null,
  ) {
    this.#route = route;
    this.#sleep = sleep;
    this.#lentSince = lentSince;
  }

  /** Never throws, and answers after `timeoutMs` at the latest. @param pid `null`: nobody knows which backend it is */
  async look(pid: number | null, timeoutMs: number): Promise<Look> {
    const timer = new AbortController();
    const late = this.#sleep(timeoutMs, timer.signal).then((): Look => ({ kind: 'no answer' }));
    const found = await Promise.race([this.#ask(pid, timeoutMs), late]);
    timer.abort();
    // Behind a name with several servers the next one asked may be another.
    if (found.kind !== 'there') this[Symbol.dispose]();
    return found;
  }

  /**
   * Ends a session of ours that is given up; one that a pooler lends only while our transaction is open in it, which its
   * client, dead as it is, would keep open for ever. Never throws.
   */
  async end(pid: number, life: string): Promise<void> {
    const { pooled } = this.#route;
    const since = pooled ? this.#lentSince() : life;
    if (since === null || this.#client === null) return;
    const timer = new AbortController();
    const ended = this.#client.query(pooled ? END_LENT : END_SESSION, [pid, since]).catch(() => undefined);
    await Promise.race([ended, this.#sleep(END_TIMEOUT_MS, timer.signal)]);
    timer.abort();
  }

  async #ask(pid: number | null, timeoutMs: number): Promise<Look> {
    try {
      const client = this.#client ?? (await this.#connect(timeoutMs));
      const { rows } = await client.query<LookRow>(LOOK, [pid]);
      return pid === null ? { kind: 'unknown' } : toLook(rows[0], this.#route.pooled ? 'lent' : 'own');
    } catch (error) {
      const isAnswered = error instanceof pg.DatabaseError && codeOf(error) !== NOT_READY;
      return { kind: isAnswered ? 'unknown' : 'no answer' };
    }
  }

  async #connect(timeoutMs: number): Promise<pg.Client> {
    const client = new pg.Client(toClientConfig(this.#route, timeoutMs));
    client.on('error', () => undefined);
    this.#client = client;
    await client.connect();
    return client;
  }

  /** Closes the connection. Nobody waits for the server to agree: it may not be there. */
  [Symbol.dispose](): void {
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    void client.end().catch(() => undefined);
    closeAtOnce(client);
  }
}

/** Closes a connection once all is sent, the goodbye too, without waiting for what the other side says to it. */
export function closeAtOnce(client: pg.ClientBase): void {
  connectionOf(client)?.stream?.destroySoon();
}
