import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parsePostgresUrl, PostgresStore } from '@bfm/postgresql';

/** A store over a test database. The caller closes it. */
export function makeStore(url: string, connectionsMax = 4): PostgresStore {
  return new PostgresStore({
    address: parsePostgresUrl(url, 'TEST_URL'),
    connectionsMax,
    nowMs: () => performance.now(),
    uniqueId: () => randomUUID().slice(0, 8),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
    failpoint: () => Promise.resolve(),
  });
}
