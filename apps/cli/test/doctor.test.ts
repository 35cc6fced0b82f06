import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { useTestDatabase } from '@bfm/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, parseDocument, parseError, runMain, writeFiles, type End } from './run-main.ts';

const USERS_FILE = 'postgresql/core/20250101000000_create_users.up.sql';
const TREE = {
  [USERS_FILE]: '-- bfm: schema=shop\nCREATE TABLE shop.users (id int);\n',
  'postgresql/core/20250102000000_indexes.up.sql': [
    '-- bfm: schema=shop, transaction=none',
    'CREATE INDEX CONCURRENTLY users_id ON shop.users (id);',
    'SELECT 1 / (SELECT count(*) FROM shop.users);',
  ].join('\n'),
};

const db = await useTestDatabase(18);
const env = { CORE_BACKEND: 'postgresql', CORE_URL: db.url };
let sfm = '';

beforeEach(async () => {
  sfm = makeFolder(TREE);
  await db.query('DROP SCHEMA IF EXISTS bfm, shop CASCADE');
});

const bfm = (...args: readonly string[]): Promise<End> => runMain([...args, '--sfm', sfm], { env });

interface Found {
  readonly code: string;
  readonly severity: string;
  readonly mend: string | null;
}

/** What needs a person, as `--json` has it. */
function urgent({ stdout }: End): readonly Found[] {
  const { findings } = parseDocument(stdout) as unknown as { findings: readonly Found[] };
  return findings.filter(({ severity }) => severity === 'warning' || severity === 'error');
}

it('finds nothing in a sound installation, before the first run and after it', async () => {
  const before = await bfm('doctor');
  expect(before).toMatchObject({ code: 0, stderr: '' });
  expect(before.stdout).toContain('there is no ledger yet');
  expect(before.stdout).toContain('✓ 2 migrations, all of them readable');
  await bfm('up', '--to', '20250101000000');
  const after = await bfm('doctor');
  expect(after.code).toBe(0);
  expect(after.stdout).toMatch(/✓ PostgreSQL 18\S*, as \S+, \d+ ms away/);
  expect(after.stdout).toContain('✓ the ledger has format 3');
  expect(after.stdout).toContain('✓ Nothing needs anybody.');
});

it('says how to go on with what was interrupted, and that works when typed', async () => {
  expect((await bfm('up')).code).toBe(1);
  const end = await bfm('doctor', '--json');
  expect(end.code).toBe(6);
  const [found, second] = urgent(end);
  expect(second).toBeUndefined();
  expect(found).toMatchObject({
    code: 'migration.failed',
    mend: `mend what it says, then go on: bfm up --connection core --schema shop --sfm ${sfm}`,
  });
  await db.query('INSERT INTO shop.users VALUES (1)');
  expect((await bfm(...(found?.mend ?? '').replace(/^.*bfm /, '').split(' '))).code).toBe(0);
  expect((await bfm('doctor')).code).toBe(0);
});

it('finds an INVALID index, and the statement that removes it does', async () => {
  await bfm('up', '--to', '20250101000000');
  await db.query('INSERT INTO shop.users VALUES (1), (1)');
  await expect(db.query('CREATE UNIQUE INDEX CONCURRENTLY broken ON shop.users (id)')).rejects.toThrow();
  const [found] = urgent(await bfm('doctor', '--json'));
  expect(found?.code).toBe('index.invalid');
  await db.query(/DROP INDEX .*$/.exec(found?.mend ?? '')?.[0] ?? '');
  expect((await bfm('doctor')).code).toBe(0);
});

it('mends digests that rows were changed behind', async () => {
  await bfm('up', '--to', '20250101000000');
  await db.query('UPDATE bfm.scope SET digest = ~digest');
  const [found] = urgent(await bfm('doctor', '--json'));
  expect(found?.code).toBe('ledger.unsound');
  await db.query(/UPDATE bfm\.scope .*$/.exec(found?.mend ?? '')?.[0] ?? '');
  expect((await bfm('doctor')).code).toBe(0);
});

it('finds a ledger whose rows were changed while its trigger was off', async () => {
  await bfm('up', '--to', '20250101000000');
  await db.query(
    `BEGIN; ALTER TABLE bfm.ledger DISABLE TRIGGER digest_row;
     UPDATE bfm.ledger SET status = 'rolled_back';
     ALTER TABLE bfm.ledger ENABLE ALWAYS TRIGGER digest_row; COMMIT`,
  );
  const [found] = urgent(await bfm('doctor', '--json'));
  expect(found).toMatchObject({ code: 'ledger.unsound' });
  await db.query("UPDATE bfm.ledger SET status = 'applied'");
  await db.query(/UPDATE bfm\.scope .*$/.exec(found?.mend ?? '')?.[0] ?? '');
  expect((await bfm('doctor')).code).toBe(0);
});

describe('finds what up would refuse, with the same code, and the command that mends it does', () => {
  /** What up refuses with, which must be what the doctor finds. */
  async function found(): Promise<Found> {
    const refused = await bfm('up', '--json');
    expect([1, 4, 6]).toContain(refused.code);
    const findings = urgent(await bfm('doctor', '--json'));
    expect(findings).toHaveLength(1);
    expect(findings[0]?.code).toBe(refused.code === 1 ? 'migration.failed' : parseError(refused).code);
    return findings[0] ?? { code: '', severity: '', mend: null };
  }

  const typed = async (mend: string | null, pattern: RegExp, more: readonly string[] = []): Promise<End> => {
    const [command = ''] = pattern.exec(mend ?? '') ?? [];
    // A person puts the reason in the place of WHY.
    return bfm(...command.replace('WHY', 'looked-at').split(' '), ...more);
  };

  beforeEach(async () => {
    await bfm('up', '--to', '20250101000000');
    for (const file of Object.keys(TREE).slice(1)) unlinkSync(join(sfm, file));
  });

  it('a schema that needs a baseline', async () => {
    await db.query('DROP SCHEMA bfm CASCADE');
    const { code, mend } = await found();
    expect(code).toBe('ledger.baseline_required');
    const shown = await typed(mend, /(?<=bfm )baseline .*--dry-run .*$/);
    expect(shown.stdout).toContain('Dry run');
    await bfm(...(mend ?? '').replace(' --dry-run', '').split(' ').slice(1), '--yes');
    expect((await bfm('doctor')).code).toBe(0);
  });

  it('a migration that failed', async () => {
    const file = 'postgresql/core/20250104000000_bad.up.sql';
    writeFiles(sfm, { [file]: '-- bfm: schema=shop\nSELECT 1/0;' });
    const { mend } = await found();
    writeFiles(sfm, { [file]: '-- bfm: schema=shop\nSELECT 1;' });
    expect((await typed(mend, /(?<=bfm )up .*$/)).code).toBe(0);
    expect((await bfm('doctor')).code).toBe(0);
  });

  it('an edited file', async () => {
    writeFiles(sfm, { [USERS_FILE]: '-- bfm: schema=shop\nCREATE TABLE shop.users (id bigint);\n' });
    const { code, mend } = await found();
    expect(code).toBe('drift.checksum_changed');
    expect((await typed(mend, /(?<=bfm )repair .*WHY/)).code).toBe(0);
    expect((await bfm('doctor')).code).toBe(0);
  });

  it('a file that is gone', async () => {
    unlinkSync(join(sfm, USERS_FILE));
    writeFiles(sfm, { 'postgresql/core/20250104000000_next.up.sql': '-- bfm: schema=shop\nSELECT 1;' });
    const { code, mend } = await found();
    expect(code).toBe('drift.missing');
    expect((await typed(mend, /(?<=bfm )repair .*WHY/)).code).toBe(0);
    // Nothing is recorded of what is there now.
    expect(urgent(await bfm('doctor', '--json'))).toMatchObject([{ code: 'ledger.baseline_required' }]);
  });

  it('a file that comes too late', async () => {
    writeFiles(sfm, { 'postgresql/core/20240101000000_late.up.sql': '-- bfm: schema=shop\nSELECT 1;' });
    const { code } = await found();
    expect(code).toBe('drift.out_of_order');
    expect((await bfm('up', '--out-of-order=allow')).code).toBe(0);
    expect((await bfm('doctor')).code).toBe(0);
  });

  it('a folder of migrations whose connection is not configured', async () => {
    writeFiles(sfm, { 'postgresql/guard/20240101000000_users.up.sql': '-- bfm: schema=guard\nSELECT 1;' });
    const { code, mend } = await found();
    expect(code).toBe('connection.not_found');
    expect(mend).toContain('GUARD_BACKEND');
  });
});

it('looks at tenants that a connection lists and no ledger knows', async () => {
  writeFiles(sfm, { 'postgresql/tenant/20250101000000_orders.up.sql': 'CREATE TABLE orders (id int);' });
  await db.query('DROP SCHEMA IF EXISTS cli_t CASCADE; CREATE SCHEMA cli_t; CREATE TABLE cli_t.old (id int)');
  const tenant = { TENANT_BACKEND: 'postgresql', TENANT_URL: db.url, TENANT_TENANTS_QUERY: "SELECT 'cli_t'" };
  const end = await runMain(['doctor', '--json', '--sfm', sfm], { env: { ...env, ...tenant } });
  expect(urgent(end)).toMatchObject([
    {
      code: 'ledger.baseline_required',
      mend: `bfm baseline --connection tenant --schema cli_t --to 20250101000000 --dry-run --sfm ${sfm}`,
    },
  ]);
});

it('tells of a ledger that is in pieces instead of breaking', async () => {
  await bfm('up', '--to', '20250101000000');
  await db.query('DROP TABLE bfm.ledger');
  const end = await bfm('doctor', '--json');
  expect(end.code).toBe(6);
  expect(urgent(end).map(({ code }) => code)).toContain('ledger.damaged');
});

it('finds connections that the ledger knows and nobody has configured', async () => {
  await bfm('up', '--to', '20250101000000');
  await db.query("UPDATE bfm.scope SET connection = 'old'");
  const [found] = urgent(await bfm('doctor', '--json'));
  expect(found?.code).toBe('ledger.unknown_connection');
  const [, command = ''] = /bfm (repair forget-target old\/shop --reason WHY)/.exec(found?.mend ?? '') ?? [];
  expect((await bfm(...command.replace('WHY', 'tested').split(' '))).code).toBe(0);
  expect((await bfm('doctor')).code).toBe(0);
});

it('tells of every faulty file, applied or not, with its place', async () => {
  await bfm('up', '--to', '20250101000000');
  writeFiles(sfm, {
    'postgresql/core/20250103000000_bad.up.sql': '-- bfm: schema=shop\nCREATE TABEL x ();',
    'postgresql/core/20250101000000_create_users.down.sql': 'DROP TABEL shop.users;',
  });
  const end = await bfm('doctor');
  expect(end.code).toBe(6);
  expect(end.stdout.match(/error\[migration\.unparseable\]/g)).toHaveLength(2);
  expect(end.stdout).toMatch(/at .*20250103000000_bad\.up\.sql:2:8/);
  expect(end.stdout).toContain('2 findings need somebody.');
});

it('exits 8 when all that is wrong is a database that cannot be reached', async () => {
  const gone = new URL(db.url);
  gone.port = '1';
  const end = await runMain(['doctor', '--sfm', sfm, '--json'], { env: { ...env, CORE_URL: gone.href } });
  expect(end).toMatchObject({ code: 8, stderr: '' });
  expect(urgent(end)).toMatchObject([{ code: 'target.unreachable' }]);
});

it('tells of faulty settings and missing folders instead of giving up', async () => {
  const faulty = { CORE_BACKEND: 'postgresql', CORE_DB_PORT: '99999', GUARD_BACKEND: 'oracle' };
  const end = await runMain(['doctor', '--sfm', sfm, '--json'], { env: faulty });
  expect(end.code).toBe(6);
  expect(urgent(end).length).toBeGreaterThan(1);
  expect(new Set(urgent(end).map(({ code }) => code))).toEqual(new Set(['config.invalid']));
  const nothing = await runMain(['doctor', '--sfm', '/nowhere', '--json'], { env });
  expect(nothing.code).toBe(6);
  expect(urgent(nothing)).toMatchObject([{ code: 'source.missing' }]);
});
