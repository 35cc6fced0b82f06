import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalogFingerprint, startPgBouncer, useTestDatabase, type PgBouncer } from '@bfm/testing';
import { buildCli, connectionsTo, REFERENCE_SFM, runBfm } from '../support/bfm.ts';

const db = await useTestDatabase(18);
const plain = await useTestDatabase(18);
const CONNECTIONS = ['core', 'guard', 'organization'];
const TENANTS = ['cli_0a', 'cli_0b', 'cli_0c', 'cli_0d'];
const SCHEMAS = ['core', 'guard', ...TENANTS].flatMap((schema) => ['--schema', schema]);
const SESSIONS = 12;
let bouncer: PgBouncer;

beforeAll(async () => {
  buildCli();
  bouncer = await startPgBouncer({ serverUrl: db.url, poolSize: SESSIONS });
}, 180_000);

afterAll(() => bouncer.stop());

/** The reference product's connections through the pooler, with more settings for each. */
function pooled(settings: Readonly<Record<string, string>>): Record<string, string> {
  const more = CONNECTIONS.flatMap((name) =>
    Object.entries(settings).map(([setting, value]) => [`${name.toUpperCase()}_${setting}`, value]),
  );
  return {
    ...connectionsTo(bouncer.url(db.name), ...CONNECTIONS),
    ...(Object.fromEntries(more) as Record<string, string>),
  };
}

const up = ['up', '--yes', '--json', '--sfm', REFERENCE_SFM, ...SCHEMAS];

it('B1 finds the pooler that nobody told it of, and changes nothing', async () => {
  const end = await runBfm(up, pooled({}));
  expect(end.stderr).toContain('target.pooled');
  expect(end.stderr).toContain('CORE_POOLED=true');
  expect(end.code).toBe(7);
  const doctor = await runBfm(['doctor', '--sfm', REFERENCE_SFM], pooled({}));
  expect(doctor.stdout + doctor.stderr).toMatch(/pooler/);
  expect(await db.query("SELECT 1 FROM pg_namespace WHERE nspname = 'bfm'")).toEqual([]);
});

it('B1 refuses what needs a session when there is no way past the pooler, and names the setting', async () => {
  const end = await runBfm(up, pooled({ POOLED: 'true' }));
  expect(end.stderr).toContain('backend.capability_missing');
  expect(end.stderr).toContain('ORGANIZATION_DIRECT_URL');
  expect(end.code).toBe(7);
  expect(await db.query("SELECT 1 FROM pg_namespace WHERE nspname = 'bfm'")).toEqual([]);
});

it('B1 applies everything once in two runs at once, as without a pooler, and leaves no trace', async () => {
  const environment = pooled({ POOLED: 'true', DIRECT_URL: db.url });
  const ends = await Promise.all([
    runBfm([...up, '--lock-wait', '2min'], environment),
    runBfm([...up, '--lock-wait', '2min'], environment),
  ]);
  for (const end of ends) {
    expect(end.stderr).not.toContain('"error"');
    expect(end.code).toBe(0);
  }
  const outcomes = ends.flatMap(({ stdout }) =>
    (JSON.parse(stdout) as { readonly steps: readonly { readonly outcome: string }[] }).steps.map(
      ({ outcome }) => outcome,
    ),
  );
  const [ledger] = await db.query<{ rows: number }>(
    "SELECT count(*)::int AS rows FROM bfm.ledger WHERE status = 'applied'",
  );
  expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(ledger?.rows ?? -1);
  expect(outcomes.every((outcome) => outcome === 'applied' || outcome === 'skipped')).toBe(true);

  const alone = await runBfm(up, connectionsTo(plain.url, ...CONNECTIONS));
  expect(alone.code).toBe(0);
  const schemas = ['core', 'guard', ...TENANTS];
  expect(await catalogFingerprint(db.url, { schemas })).toBe(
    await catalogFingerprint(plain.url, { schemas }),
  );

  const [trace] = await db.query(
    `SELECT count(*)::int AS locks FROM pg_locks l JOIN pg_database d ON d.oid = l.database
     WHERE l.locktype = 'advisory' AND d.datname = current_database()`,
  );
  expect(trace).toEqual({ locks: 0 });
});

it('B1 goes all the way back through the pooler', async () => {
  const environment = pooled({ POOLED: 'true', DIRECT_URL: db.url });
  const down = ['down', '--all', '--yes', '--json', '--sfm', REFERENCE_SFM, ...SCHEMAS];
  const end = await runBfm(down, environment);
  expect(end.stderr).not.toContain('"error"');
  expect(end.code).toBe(0);
});

it('B1 stops where the way past the pooler leads to another database, and changes nothing there', async () => {
  const environment = pooled({ POOLED: 'true', DIRECT_URL: plain.url });
  const before = await catalogFingerprint(plain.url);
  const end = await runBfm(up, environment);
  expect(end.stdout + end.stderr).toContain('leads to another database');
  expect(end.code).toBe(2);
  expect(await catalogFingerprint(plain.url)).toBe(before);
});
