import type { Failpoints } from '@bfm/core';
import type { Clock, LockProvider } from '@bfm/engine';
import { NO_ADVICE, openSimpleDatabase, toTlsOptions } from '@bfm/postgresql';
import type { LockSettings } from '@bfm/service';
import { failingLocks } from './failing-locks.ts';

/** What leases are handed out by and timed with. */
export interface LocksInit {
  readonly settings: LockSettings;
  readonly clock: Clock;
  /** Milliseconds since 1970, for what people read. */
  readonly wallMs: () => number;
  /** Faults on purpose; inert outside of tests. */
  readonly failpoints: Failpoints;
  /** Hears that the provider is being opened. */
  readonly onConnecting: (address: string, connecting: Promise<unknown>) => void;
}

/** The longest that asking a database for leases may take, in milliseconds; a third of the lease if that is shorter. */
const ASK_MS = 5_000;

/** Opens the provider of leases that is configured, when it is first asked for; the others are not even loaded. */
export class Locks {
  readonly #init: LocksInit;
  #opened: Promise<LockProvider | null> | null = null;

  constructor(init: LocksInit) {
    this.#init = init;
  }

  /** `null`: none is configured. @throws {lock.unreachable} */
  open(): Promise<LockProvider | null> {
    if (this.#opened === null) {
      const { settings, onConnecting } = this.#init;
      this.#opened = openFailing(this.#init);
      if (settings.provider !== null) onConnecting(describeProvider(settings.provider), this.#opened);
    }
    return this.#opened;
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => null);
    await opened?.close();
  }
}

/** A provider that is not open yet, for people, without secrets. */
function describeProvider(provider: NonNullable<LockSettings['provider']>): string {
  const where = provider.kind === 'etcd' ? provider.hosts.join(', ') : `${provider.host}:${provider.port}`;
  return `the lock provider (${provider.kind}) at ${where}`;
}

async function openFailing(init: LocksInit): Promise<LockProvider | null> {
  const provider = await openProvider(init);
  return provider && failingLocks(provider, init.failpoints);
}

async function openProvider({ settings, clock, wallMs }: LocksInit): Promise<LockProvider | null> {
  const { provider, ttlMs, prefix } = settings;
  if (provider === null) return null;
  const { openEtcdLocks, openPostgresLocks, openRedisLocks } = await import('@bfm/locks');
  const surroundings = { ttlMs, clock };
  switch (provider.kind) {
    case 'postgresql': {
      const { host, port, database, user, password, tls } = provider;
      const address = { host, port, database, user, password, tls, advice: NO_ADVICE };
      const deadlineMs = Math.min(ASK_MS, ttlMs / 3);
      const timing = {
        deadlineMs,
        nowMs: () => clock.monotonicMs(),
        sleep: (ms: number, signal: AbortSignal) => clock.sleep(ms, signal),
      };
      return openPostgresLocks({ ...surroundings, database: openSimpleDatabase({ address, ...timing }) });
    }
    case 'etcd': {
      const { endpoints, user: username, password } = provider;
      const credentials = username === '' ? null : { username, password };
      const tls = toTlsOptions({ host: null, tls: provider.tls }) || null;
      return openEtcdLocks({ ...surroundings, endpoints, credentials, tls, prefix, nowMs: wallMs });
    }
    case 'redis': {
      const { host, port, database: db, user: username, password } = provider;
      const tls = toTlsOptions({ host, tls: provider.tls }) || null;
      return openRedisLocks({ ...surroundings, host, port, db, username, password, tls, prefix });
    }
  }
}
