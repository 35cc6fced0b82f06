import { useTestDatabase } from '@bfm/testing';
import { beforeEach, expect, it } from 'vitest';
import { makeFolder, parseDocument, runMain, writeFiles, type End } from './run-main.ts';

const TREE = {
  'postgresql/core/20250101000000_create_users.up.sql':
    '-- bfm: schema=shop\nCREATE TABLE shop.users (id int);\n',
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
  expect(after.stdout).toContain('✓ the ledger has format 2');
  expect(after.stdout).toContain('✓ Nothing needs anybody.');
});

it('says how to go on with what was interrupted, and that works when typed', async () => {
  expect((await bfm('up')).code).toBe(1);
  const end = await bfm('doctor', '--json');
  expect(end.code).toBe(6);
  const [found, second] = urgent(end);
  expect(second).toBeUndefined();
  expect(found).toMatchObject({
    code: 'migration.interrupted',
    mend: 'bfm up --connection core --schema shop',
  });
  await db.query('INSERT INTO shop.users VALUES (1)');
  expect((await bfm(...(found?.mend ?? '').split(' ').slice(1))).code).toBe(0);
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
  expect((await bfm(...command.split(' '))).code).toBe(0);
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
