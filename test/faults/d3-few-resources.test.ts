import { POSTGRES_MAJORS } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import type { BfmLimits } from '../support/bfm.ts';
import { schemaArgs, useRowWorld } from './support/row-world.ts';
import { stepFiles } from './support/step-files.ts';

const TENANTS = 80;

/** With each of them bfm does its work, or says what it lacks. */
const LIMITS: readonly { readonly what: string; readonly limits: BfmLimits }[] = [
  { what: '64 files', limits: { ulimit: '-n 64' } },
  { what: '32 files', limits: { ulimit: '-n 32' } },
  { what: 'a heap of 64 MiB', limits: { node: ['--max-old-space-size=64'] } },
  { what: '1.5 GB of addresses', limits: { ulimit: '-v 1500000' } },
];

describe.each(POSTGRES_MAJORS)('a machine that gives little, PostgreSQL %i', async (major) => {
  const world = await useRowWorld(major, { TENANT_MAX_CONNECTIONS: '50' });

  it.each(LIMITS)('D3 $what: no half state, and the next run ends it', async ({ what, limits }) => {
    const tree = world.tree(stepFiles(3));
    const name = what.replaceAll(/\W/g, '_').toLowerCase();
    const schemas = schemaArgs(Array.from({ length: TENANTS }, (_, index) => `d3_${name}_${index}`));
    const up = ['up', ...schemas, '--concurrency', '50', '--json'];
    const limited = await tree.limited(limits, ...up);
    if (limited.code !== 0) {
      expect(limited.stdout + limited.stderr).toMatch(/ulimit -/);
      expect([6, 7, 8]).toContain(limited.code);
    }
    // Where nothing could be read, there may be no ledger yet.
    if (limited.code !== 7) expect(await world.unsound()).toEqual([]);

    const plain = await tree.bfm(...up);
    expect(plain.code, plain.stderr).toBe(0);
    expect(await world.unsound()).toEqual([]);
    const [applied] = await world.db.query(
      `SELECT count(*)::int AS rows FROM bfm.ledger JOIN bfm.scope USING (scope_id)
       WHERE status = 'applied' AND schema_name LIKE $1`,
      [`d3_${name}_%`],
    );
    expect(applied).toEqual({ rows: 3 * TENANTS });
  });
});
