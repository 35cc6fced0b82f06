import { catalogFingerprint, POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, REFERENCE_SFM, runBfm } from '../support/bfm.ts';

const TENANTS = ['cli_first', 'cli_second'];

describe.each(POSTGRES_MAJORS)('the reference tree on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const environment = connectionsTo(db.url, 'core', 'guard', 'organization');
  const everywhere = ['core', 'guard', ...TENANTS].flatMap((schema) => ['--schema', schema]);
  const schemas = ['core', 'guard', ...TENANTS];

  beforeAll(() => {
    buildCli();
  });

  async function bfm(...args: readonly string[]): Promise<void> {
    const end = await runBfm([...args, '--sfm', REFERENCE_SFM], environment);
    expect(end.stderr + end.stdout).not.toMatch(/error\[/);
    expect(end.code).toBe(0);
  }

  async function objects(): Promise<number> {
    const [row] = await db.query<{ count: number }>(
      `SELECT (SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text = ANY($1))::int
            + (SELECT count(*) FROM pg_proc WHERE pronamespace::regnamespace::text = ANY($1))::int
            + (SELECT count(*) FROM pg_type WHERE typnamespace::regnamespace::text = ANY($1))::int AS count`,
      [schemas],
    );
    return row?.count ?? -1;
  }

  it('RB2 goes up, down to nothing, and up again to the identical catalog and seeds', async () => {
    await bfm('up');
    await bfm('up', ...TENANTS.flatMap((schema) => ['--schema', schema]));
    const first = await catalogFingerprint(db.url, { schemas });
    const seeds = await db.query('SELECT code, name FROM core.plans ORDER BY code');
    expect(await objects()).toBeGreaterThan(100);
    await bfm('down', '--all', '--yes', ...everywhere);
    expect(await objects()).toBe(0);
    await bfm('up', ...everywhere);
    expect(await catalogFingerprint(db.url, { schemas })).toBe(first);
    expect(await db.query('SELECT code, name FROM core.plans ORDER BY code')).toEqual(seeds);
  });

  it('comes to the same catalog with one transaction per target', async () => {
    const before = await catalogFingerprint(db.url, { schemas });
    await bfm('down', '--all', '--yes', '--commit', 'per-target', ...everywhere);
    expect(await objects()).toBe(0);
    await bfm('up', '--commit', 'per-target', ...everywhere);
    expect(await catalogFingerprint(db.url, { schemas })).toBe(before);
  });

  it('has nothing to do afterwards', async () => {
    const end = await runBfm(['up', '--json', '--sfm', REFERENCE_SFM, ...everywhere], environment);
    expect(end.code).toBe(0);
    expect(JSON.parse(end.stdout)).toMatchObject({ steps: [], summary: { applied: 0, failed: 0 } });
  });
});
