import { POSTGRES_MAJORS } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { COMMITS, useNetworkWorld } from './support/network-world.ts';

const ROWS = [
  { id: 'C1', at: 'request', what: 'before the COMMIT reaches the server: rolled back and tried again' },
  { id: 'C2', at: 'reply', what: 'when the COMMIT is done and its reply is lost: not run again' },
] as const;

describe.each(POSTGRES_MAJORS)('the connection is cut, PostgreSQL %i', async (major) => {
  const { db, proxy, upOrFail, expectSound } = await useNetworkWorld(major);

  describe.each(ROWS)('$id $what', ({ id, at }) => {
    it.each(COMMITS)(`${id} of $unit`, async ({ after, nth = 1 }) => {
      const schema = `${id}_${COMMITS.findIndex((commit) => commit.after === after)}`.toLowerCase();
      const rule = proxy().arm({ on: 'commit', at, after, nth }, 'cut');
      const { connections } = proxy().counts;
      await upOrFail(schema);
      expect(rule.hasHappened).toBe(true);
      expect(proxy().counts.connections - connections).toBeGreaterThan(1);
      await expectSound(schema);
    });

    it(`${id} of a group of steps that are committed together`, async () => {
      const schema = `${id}_group`.toLowerCase();
      const rule = proxy().arm({ on: 'commit', at, after: /CREATE TABLE step_2 / }, 'cut');
      await upOrFail(schema, '--commit', 'per-target');
      expect(rule.hasHappened).toBe(true);
      await expectSound(schema);
      const transactions = await db.query(
        'SELECT count(DISTINCT txid)::int AS number FROM public.effect_log WHERE target = $1 AND migration = ANY ($2)',
        [schema, ['step_1', 'step_2']],
      );
      expect(transactions).toEqual([{ number: 1 }]);
    });
  });
});
