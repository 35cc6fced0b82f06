import {
  RenewedLease,
  type Grant,
  type HeldLease,
  type LeaseAttempt,
  type LeaseHolder,
  type LockProvider,
} from '@bfm/engine';
import { readHolder, toHolderText } from '../holder-text.ts';
import type { LockSurroundings } from '../lock-surroundings.ts';
import { reaching } from '../unreachable.ts';
import type { LeaseDatabase } from './lease-database.ts';
import {
  ACQUIRE,
  CLEAR_AWAY,
  LEASE_TABLE_EXISTS,
  LIST,
  MAKE_LEASE_TABLE,
  RELEASE,
  RELEASE_TOKEN,
  RENEW,
} from './lease-table.ts';

/** What leases in PostgreSQL are made of. */
export interface PostgresLocksOptions extends LockSurroundings {
  readonly database: LeaseDatabase;
}

/**
 * Leases as rows of schema `bfm_lock`. Times are the server's; a lease counts only for the server that gave it, between
 * one of its starts and the next, so that a restored backup or a crash leaves none alive, and
 * neither does a failover to a standby. Tokens come from one sequence; a standby that was behind may give one again.
 *
 * @throws {lock.unreachable}
 */
export async function openPostgresLocks(options: PostgresLocksOptions): Promise<LockProvider> {
  const { database } = options;
  await reaching(database.address, async () => {
    const [found] = await database.read<{ known: boolean }>(LEASE_TABLE_EXISTS, []);
    if (found?.known !== true) await database.write(MAKE_LEASE_TABLE, []);
  });
  return new PostgresLocks(options);
}

interface HeldRow extends Omit<HeldLease, 'holder'> {
  readonly holder: string;
}

interface AcquireRow extends HeldRow {
  /** Whether it was given to whoever asks. */
  readonly taken: boolean;
}

class PostgresLocks implements LockProvider {
  readonly kind = 'postgresql';
  readonly #options: PostgresLocksOptions;
  #hasCleared = false;

  constructor(options: PostgresLocksOptions) {
    this.#options = options;
  }

  get address(): string {
    return this.#options.database.address;
  }

  async tryAcquire(key: string, holder: LeaseHolder): Promise<LeaseAttempt> {
    const { database, clock, ttlMs } = this.#options;
    return reaching(this.address, async () => {
      const askedAtMs = clock.monotonicMs();
      const row = await database.write<AcquireRow>(ACQUIRE, [key, toHolderText(holder), ttlMs]);
      if (row?.taken !== true) return { ok: false, held: row && toHeld(row) };
      await this.#clearAway();
      const what = `${holder.connection}/${holder.schema} at ${this.address}`;
      return {
        ok: true,
        lease: new RenewedLease(this.#grant(key, row.token, askedAtMs), { clock, ttlMs, what }),
      };
    });
  }

  async list(): Promise<readonly HeldLease[]> {
    return reaching(this.address, async () =>
      (await this.#options.database.read<HeldRow>(LIST, [])).map(toHeld),
    );
  }

  async release(token: string): Promise<HeldLease | null> {
    // What is no bigint is no token of ours.
    if (!/^\d{1,18}$/.test(token)) return null;
    return reaching(this.address, async () => {
      const ended = await this.#options.database.write<HeldRow>(RELEASE_TOKEN, [token]);
      return ended && toHeld(ended);
    });
  }

  async close(): Promise<void> {
    await this.#options.database.close();
  }

  /** What others left behind is cleared away by whoever comes after them, once: how that goes is no matter of theirs. */
  async #clearAway(): Promise<void> {
    if (this.#hasCleared) return;
    this.#hasCleared = true;
    await this.#options.database.write(CLEAR_AWAY, []).catch(() => undefined);
  }

  #grant(key: string, token: string, askedAtMs: number): Grant {
    const { database, ttlMs } = this.#options;
    return {
      token,
      askedAtMs,
      renew: async () => (await database.write(RENEW, [key, token, ttlMs])) !== null,
      release: async () => {
        await database.write(RELEASE, [key, token]);
      },
    };
  }
}

function toHeld({ key, token, holder, since, endsInMs }: HeldRow): HeldLease {
  return { key, token, holder: readHolder(holder), since, endsInMs };
}
