import { logEffect, until } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { tenantNames } from '../fleet/fleet-tree.ts';
import { runOf, stem, useRowWorld, type RowTree } from './support/row-world.ts';

const TENANTS = tenantNames(1_000);
/** The last of the list, and one that comes late. */
const DROPPED = 'tenant_1000';
const BORN = 'tenant_born';

describe.each([15, 18] as const)('M2 a fleet of 1,000 on PostgreSQL %i', async (major) => {
  const world = await useRowWorld(major);
  const { db } = world;
  let tree: RowTree;

  beforeAll(async () => {
    tree = world.tree({
      [`${stem(1)}.up.sql`]: `${logEffect('step_1')};\nCREATE TABLE step_1 (id int);\n`,
      [`${stem(2)}.up.sql`]: `${logEffect('step_2')};\nALTER TABLE step_1 ADD COLUMN more int;\n`,
    });
    await db.query('CREATE TABLE public.tenants (name text PRIMARY KEY)');
    for (const from of [0, 500]) await bear(TENANTS.slice(from, from + 500));
  });

  async function bear(names: readonly string[]): Promise<void> {
    const statements = names.map((name) => `CREATE SCHEMA ${name}`);
    await db.query(
      [...statements, `INSERT INTO public.tenants VALUES ('${names.join("'), ('")}')`].join(';'),
    );
  }

  const up = (): ReturnType<RowTree['start']> =>
    tree.start(
      ...['up', '--json', '--connection', 'tenant', '--concurrency', '4'],
      ...['--schemas-from', 'SELECT name FROM public.tenants ORDER BY name'],
    );

  function effects(atLeast: number): Promise<unknown> {
    const count = async (): Promise<boolean> =>
      Number((await db.query<{ n: string }>('SELECT count(*) AS n FROM public.effect_log'))[0]?.n) >= atLeast;
    return until(count, { what: `${atLeast} effects`, timeoutMs: 60_000 });
  }

  it('M2 killed at half, the next up takes none of the done ones, and tells who came and went', async () => {
    const killed = up();
    await effects(TENANTS.length);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(await world.unsound()).toEqual([]);
    const done = await db.query<{ schema_name: string; fence_token: string }>(
      `SELECT s.schema_name, s.fence_token::text FROM bfm.scope s JOIN bfm.ledger l USING (scope_id)
       GROUP BY s.scope_id HAVING count(*) = 2 ORDER BY 1`,
    );
    expect(done.length).toBeGreaterThan(TENANTS.length / 3);
    expect(done.length).toBeLessThan(TENANTS.length);

    const second = up();
    await effects(TENANTS.length * 1.5);
    await bear([BORN]);
    await db.query(`DROP SCHEMA ${DROPPED}; DELETE FROM public.tenants WHERE name = '${DROPPED}'`);
    const end = await second.ended;
    const { steps, causes = [] } = runOf(end);
    const others = steps.filter(({ schema }) => schema !== DROPPED);
    expect(others.filter(({ outcome }) => outcome !== 'applied')).toEqual([]);
    expect(causes).not.toEqual([]);
    for (const { code, message, targets } of causes) {
      expect(targets.map(({ schema }) => schema)).toEqual([DROPPED]);
      expect(code).toBe('plan.stale');
      expect(message).toContain(DROPPED);
    }
    expect(end.code).toBe(1);
    const names = done.map(({ schema_name }) => schema_name);
    expect(steps.filter(({ schema }) => names.includes(schema))).toEqual([]);
    // Whoever takes a target raises its fence.
    expect(
      await db.query(
        `SELECT schema_name, fence_token::text FROM bfm.scope WHERE schema_name = ANY ($1::text[]) ORDER BY 1`,
        [names],
      ),
    ).toEqual(done);

    const third = await up().ended;
    expect(third.code).toBe(0);
    expect(runOf(third).steps.map(({ schema, outcome }) => `${schema} ${outcome}`)).toEqual([
      `${BORN} applied`,
      `${BORN} applied`,
    ]);
    expect(await world.unsound()).toEqual([]);
  });
});
