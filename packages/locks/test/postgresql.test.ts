import type { LockProvider } from '@bfm/engine';
import { describeLockProvider, POSTGRES_MAJORS, REAL_CLOCK, startMortalServer } from '@bfm/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { openPostgresLocks, type LeaseDatabase } from '../src/index.ts';

/** A database by the driver alone, with a deadline for each statement. */
function leaseDatabase(url: string): LeaseDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  });
  pool.on('error', () => undefined);
  const run = async <Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> =>
    (await pool.query<Row & pg.QueryResultRow>(text, [...values])).rows;
  return {
    address: new URL(url).host,
    read: run,
    write: async <Row extends object>(text: string, values: readonly unknown[]) =>
      (await run<Row>(text, values))[0] ?? null,
    close: () => pool.end(),
  };
}

for (const major of POSTGRES_MAJORS) {
  describeLockProvider(`PostgreSQL ${major}`, async () => {
    const server = await startMortalServer(major);
    return {
      secret: new URL(server.url()).password,
      open: (ttlMs, clock) => openPostgresLocks({ database: leaseDatabase(server.url()), ttlMs, clock }),
      lose: async () => {
        const database = leaseDatabase(server.url());
        await database.write('TRUNCATE bfm_lock.lease', []);
        await database.close();
      },
      // Every row has an end.
      stone: null,
      away: () => server.die('immediate'),
      back: () => server.revive(),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  });
}

describe.each(POSTGRES_MAJORS)('P4 leases of PostgreSQL %i', (major) => {
  it('do not outlive the server that gave them, as they would in a restored backup', async () => {
    await using server = await startMortalServer(major);
    const holder = { actor: 'ann', pid: 1, runId: 'r', connection: 'core', schema: 's' };
    const open = (): Promise<LockProvider> =>
      openPostgresLocks({ database: leaseDatabase(server.url()), ttlMs: 3_600_000, clock: REAL_CLOCK });
    const before = await open();
    const first = await before.tryAcquire('k', holder);
    await before.close();
    // In order, so that even what is not logged is still there.
    await server.die('fast');
    await server.revive();
    const after = await open();
    expect(await after.list()).toEqual([]);
    const second = await after.tryAcquire('k', holder);
    if (!first.ok || !second.ok) throw new Error('a lease of another life holds');
    expect(BigInt(second.lease.token)).toBeGreaterThan(BigInt(first.lease.token));
    await Promise.all([first.lease[Symbol.asyncDispose](), second.lease[Symbol.asyncDispose]()]);
    expect(await after.list()).toEqual([]);
    await after.close();
  });
});
