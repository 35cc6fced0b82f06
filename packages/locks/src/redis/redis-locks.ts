import type { ConnectionOptions } from 'node:tls';
import {
  RenewedLease,
  type Grant,
  type HeldLease,
  type LeaseAttempt,
  type LeaseHolder,
  type LockProvider,
} from '@bfm/engine';
import type { Redis } from 'ioredis';
import { readHolder, toHolderText } from '../holder-text.ts';
import type { LockSurroundings } from '../lock-surroundings.ts';
import { explainProvider, lockUnreachable, reaching } from '../unreachable.ts';
import { ACQUIRE, RELEASE, RENEW } from './lease-scripts.ts';

/** Where a Redis is, and what its keys begin with. */
export interface RedisLocksOptions extends LockSurroundings {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  /** Empty: the default user. */
  readonly username: string;
  /** Empty: nobody logs in. */
  readonly password: string;
  /** `null`: no TLS. */
  readonly tls: ConnectionOptions | null;
  readonly prefix: string;
}

/** The longest that one command may take, in milliseconds; a third of the lease if that is shorter. */
const COMMAND_MS = 5_000;

/**
 * Leases as keys of a Redis (6 and later), set with SET NX PX and touched by scripts that compare the token. A Redis that
 * fails over may forget what it had said: it keeps others waiting, and promises no more.
 *
 * @throws {lock.unreachable}
 */
export async function openRedisLocks(options: RedisLocksOptions): Promise<LockProvider> {
  // Loaded by those who use it: starting fast is for everybody.
  const { Redis: Client } = await import('ioredis');
  const { host, port, db, username, password, tls, ttlMs } = options;
  const client = new Client({
    ...{ host, port, db, lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0 },
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(tls === null ? {} : { tls }),
    connectTimeout: COMMAND_MS,
    commandTimeout: Math.min(COMMAND_MS, ttlMs / 3),
    // A connection that hangs is not waited for until TCP gives it up: there will be another one.
    socketTimeout: Math.min(COMMAND_MS, ttlMs / 3),
    // What waits for a lease asks again by itself; this only brings the connection back.
    retryStrategy: (times) => Math.min(times * 50, 1_000),
  });
  // What a failed connect throws is but that it is closed; the event says why.
  const errors: Error[] = [];
  client.on('error', (error: Error) => {
    errors[0] = error;
  });
  const address = `${tls === null ? 'redis' : 'rediss'}://${host}:${port}/${db}`;
  try {
    await client.connect();
    // A database that is not there does not keep it from connecting: it stays in the first one.
    if (db !== 0) await client.select(db);
  } catch (error) {
    client.disconnect();
    throw lockUnreachable(address, explainProvider(errors[0] ?? error));
  }
  return new RedisLocks(client, address, options);
}

class RedisLocks implements LockProvider {
  readonly kind = 'redis';
  readonly address: string;
  readonly #client: Redis;
  readonly #options: RedisLocksOptions;

  constructor(client: Redis, address: string, options: RedisLocksOptions) {
    this.#client = client;
    this.address = address;
    this.#options = options;
  }

  async tryAcquire(key: string, holder: LeaseHolder): Promise<LeaseAttempt> {
    const { clock, ttlMs } = this.#options;
    return reaching(this.address, async () => {
      const askedAtMs = clock.monotonicMs();
      const keys = [this.#keyOf(key), `${this.#options.prefix}:token`];
      const answer = (await this.#client.eval(
        ACQUIRE,
        keys.length,
        ...keys,
        toHolderText(holder),
        Math.ceil(ttlMs),
      )) as readonly [string] | readonly [null, string, number];
      if (answer[0] === null) return { ok: false, held: toHeld(key, answer[1], answer[2]) };
      const what = `${holder.connection}/${holder.schema} at ${this.address}`;
      const lease = new RenewedLease(this.#grant(key, answer[0], askedAtMs), { clock, ttlMs, what });
      return { ok: true, lease };
    });
  }

  async list(): Promise<readonly HeldLease[]> {
    return reaching(this.address, async () => {
      const found: HeldLease[] = [];
      const match = `${escapePattern(this.#keyOf(''))}*`;
      for await (const keys of this.#client.scanStream({ match, type: 'string' })) {
        for (const name of keys as readonly string[]) {
          const [value, left] = [await this.#client.get(name), await this.#client.pttl(name)];
          if (value !== null && left > 0) found.push(toHeld(name.slice(this.#keyOf('').length), value, left));
        }
      }
      // A scan may tell of a key twice.
      const byKey = new Map(found.map((held) => [held.key, held]));
      return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    });
  }

  async release(token: string): Promise<HeldLease | null> {
    const held = (await this.list()).find((lease) => lease.token === token);
    if (held === undefined) return null;
    return reaching(this.address, async () => {
      const ended = await this.#client.eval(RELEASE, 1, this.#keyOf(held.key), token);
      return ended === 1 ? held : null;
    });
  }

  close(): Promise<void> {
    this.#client.disconnect();
    return Promise.resolve();
  }

  #grant(key: string, token: string, askedAtMs: number): Grant {
    const ttl = Math.ceil(this.#options.ttlMs);
    return {
      token,
      askedAtMs,
      renew: async () => (await this.#client.eval(RENEW, 1, this.#keyOf(key), token, ttl)) === 1,
      release: async () => {
        await this.#client.eval(RELEASE, 1, this.#keyOf(key), token);
      },
    };
  }

  #keyOf(key: string): string {
    return `${this.#options.prefix}:lease:${key}`;
  }
}

/** Reads `token since holder`. */
function toHeld(key: string, value: string, endsInMs: number): HeldLease {
  const [, token = '0', since = '0', holder = ''] = /^(\d+) (\d+) (.*)$/s.exec(value) ?? [];
  return { key, token, holder: readHolder(holder), since: toTime(Number(since)), endsInMs };
}

/** What is no time becomes the first one: a lease holds whoever wrote it. */
function toTime(ms: number): string {
  return new Date(Math.abs(ms) <= TIME_MAX_MS ? ms : 0).toISOString();
}

const TIME_MAX_MS = 8.64e15;

function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}
