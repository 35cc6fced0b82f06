import { findUnsound, POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, startBfm } from '../support/bfm.ts';
import { makeEffectTree } from '../support/effect-tree.ts';

const ROUNDS = 3;

describe.each(POSTGRES_MAJORS)(
  'CREATE INDEX CONCURRENTLY against BFM itself, PostgreSQL %i',
  async (major) => {
    const db = await useTestDatabase(major);

    beforeAll(() => {
      buildCli();
    });

    it("L4 two runs that wait for each other's targets never deadlock", async () => {
      await using tree = await makeEffectTree(db, { kinds: ['bare', 'bare'] });
      for (let round = 0; round < ROUNDS; round += 1) {
        const schemas = Array.from({ length: 4 }, (_, index) => `l4_${round}_${index}`);
        // One begins where the other ends.
        const runs = [schemas, schemas.toReversed()].map((order) =>
          startBfm(
            [
              'up',
              '--sfm',
              tree.sfm,
              '--lock-wait',
              '60s',
              ...order.flatMap((schema) => ['--schema', schema]),
            ],
            connectionsTo(db.url, 'tenant'),
          ),
        );
        for (const { code, stdout, stderr } of await Promise.all(runs.map(({ ended }) => ended))) {
          expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
          expect(stdout + stderr).not.toContain('deadlock');
        }
        expect(await findUnsound({ url: db.url })).toEqual([]);
      }
      expect(
        await db.query('SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()'),
      ).toEqual([{ deadlocks: 0 }]);
    });
  },
);
