import { useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeStore } from './make-store.ts';

describe('a ledger that somebody else locks', async () => {
  const db = await useTestDatabase(18);
  const store = makeStore(db.url);
  afterAll(() => store.close());

  it('is said to be locked, once the deadline of its writes is over', { timeout: 60_000 }, async () => {
    await store.prepare([]);
    const session = new pg.Client(db.url);
    await session.connect();
    onTestFinished(() => session.end());
    await session.query('BEGIN; LOCK TABLE bfm.revision');
    await expect(store.prepare([])).rejects.toMatchObject({
      code: 'target.locked',
      next: expect.stringContaining('bfm doctor') as unknown,
    });
    await session.query('ROLLBACK');
    await store.prepare([]);
  });
});
