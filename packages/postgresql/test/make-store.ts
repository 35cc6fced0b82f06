import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_FAILPOINTS } from '@bfm/core';
import {
  DEFAULT_POOL_LIMITS,
  NO_ADVICE,
  PostgresStore,
  type PoolLimits,
  type PostgresAddress,
  type PostgresStoreOptions,
} from '@bfm/postgresql';

/** What stores and pools of tests tell the time by. */
export const realTime: Pick<PostgresStoreOptions, 'nowMs' | 'sleep'> = {
  nowMs: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

/** The address of a test database, which is on this machine. */
export function testAddress(url: string): PostgresAddress {
  const { hostname, port, pathname, username, password } = new URL(url);
  return {
    host: hostname,
    port: Number(port),
    database: decodeURIComponent(pathname.slice(1)),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    tls: { mode: 'disable', rootCertificates: null, client: null },
    advice: NO_ADVICE,
  };
}

/** A store over a test database. The caller closes it. */
export function makeStore(
  url: string,
  limits: number | Partial<PoolLimits> = 4,
  pooler: PostgresStoreOptions['pooler'] = null,
): PostgresStore {
  return new PostgresStore({
    address: testAddress(url),
    pooler,
    limits: { ...DEFAULT_POOL_LIMITS, ...(typeof limits === 'number' ? { connectionsMax: limits } : limits) },
    ...realTime,
    pid: process.pid,
    uniqueId: () => randomUUID().slice(0, 8),
    failpoints: NO_FAILPOINTS,
  });
}
