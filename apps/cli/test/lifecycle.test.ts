import { join } from 'node:path';
import { useTestDatabase } from '@bfm/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  makeFolder,
  parseDocument,
  parseError,
  runMain,
  SOME_TEXT,
  writeFiles,
  type End,
} from './run-main.ts';

const TREE = {
  'postgresql/core/20250101000000_create_users.up.sql':
    '-- bfm: schema=shop\nCREATE TABLE shop.users (id int);\nINSERT INTO shop.users VALUES (1), (2);\n',
  'postgresql/core/20250101000000_create_users.down.sql': 'DROP TABLE shop.users;\n',
  'postgresql/core/20250102000000_add_mail.up.sql':
    '-- bfm: schema=shop\nALTER TABLE shop.users ADD COLUMN mail text;\n',
  'postgresql/core/20250102000000_add_mail.down.sql': 'ALTER TABLE shop.users DROP COLUMN mail;\n',
  'postgresql/tenant/20250101000000_create_orders.up.sql': 'CREATE TABLE orders (id int);\n',
  'postgresql/tenant/20250101000000_create_orders.down.sql': 'DROP TABLE orders;\n',
};
const SOME_NUMBER: unknown = expect.any(Number);
const DIGEST: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);
const NAMES_FILE: unknown = expect.stringContaining('none.env');
const USERS = '20250101000000_create_users_postgresql_core';
const MAIL = '20250102000000_add_mail_postgresql_core';
const ORDERS = '20250101000000_create_orders_postgresql_tenant';

const db = await useTestDatabase(18);
const env = {
  CORE_BACKEND: 'postgresql',
  CORE_URL: db.url,
  TENANT_BACKEND: 'postgresql',
  TENANT_URL: db.url,
  TENANT_TENANTS_QUERY: 'SELECT name FROM public.tenant',
};

let sfm = '';

beforeEach(async () => {
  sfm = makeFolder(TREE);
  await db.query(
    'DROP SCHEMA IF EXISTS bfm, shop, cli_a, cli_b, cli_new CASCADE; DROP TABLE IF EXISTS tenant; CREATE TABLE tenant (name text)',
  );
});

const bfm = (...args: readonly string[]): Promise<End> => runMain([...args, '--sfm', sfm], { env });

async function json(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const end = await bfm(...args, '--json');
  expect(end.stderr).toBe('');
  expect(end.code).toBe(0);
  return parseDocument(end.stdout);
}

describe('for people', () => {
  it('goes from nothing to up to date and back, and tells of it', async () => {
    const before = await bfm('status');
    expect(before.stdout).toMatch(/· {2}shop +0 +2 {2}2 pending, no schema yet/);
    expect(before.stdout).toContain('tenant: 1 dynamic migration, and no schema that has them yet');
    const plan = await bfm('plan');
    expect(plan.stdout).toContain('Plan: apply 2 migrations on 1 target\n');
    expect(plan.stdout).toContain('INSERT INTO shop.users VALUES (1), (2);');
    expect(plan.stdout).toContain('left out: 1 dynamic migration of tenant: no schema was named');
    const up = await bfm('up');
    expect(up).toMatchObject({ code: 0, stderr: '' });
    expect(up.stdout).toMatch(/✓ 20250101000000 create_users {2}core\/shop +\d+ ms\n +1 {2}CREATE TABLE/);
    expect(up.stdout).toMatch(/✓ Applied 2 migrations on 1 target in .*\./);
    expect((await bfm('up')).stdout).toContain('✓ Nothing to do: 1 target up to date.');
    expect((await bfm('status')).stdout).toMatch(/✓ {2}shop +2 {2}20250102000000 +0 {2}up to date/);
    const down = await bfm('down', '--steps', '1', '--connection', 'core');
    expect(down.stdout).toContain('Rolled back 1 migration on 1 target');
    const history = await bfm('history');
    expect(history.stdout.split('\n').slice(1, 4)).toEqual([
      expect.stringMatching(/rolled back {2}20250102000000 add_mail/),
      expect.stringMatching(/applied {6}20250102000000 add_mail/),
      expect.stringMatching(/applied {6}20250101000000 create_users/),
    ]);
  });

  it('shows the statement that failed, what the server said, and goes on after it is mended', async () => {
    const file = 'postgresql/core/20250103000000_bad.up.sql';
    writeFiles(sfm, { [file]: '-- bfm: schema=shop\nSELECT 1;\n\nUPDATE shop.users SET nme = 1;\n' });
    const failed = await bfm('up');
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('column "nme" of relation "users" does not exist');
    expect(failed.stdout).toMatch(
      /20250103000000_bad\.up\.sql:4:23\n +4 \| UPDATE shop\.users SET nme = 1;\n/,
    );
    expect(failed.stdout).toContain('Applied 2 of 3 migrations');
    expect((await bfm('status')).stdout).toContain('1 failed last time');
    writeFiles(sfm, { [file]: '-- bfm: schema=shop\nSELECT 1;\n' });
    expect((await bfm('up')).stdout).toContain('Applied 1 migration on 1 target');
  });

  it('tells one cause once, however many tenants it hits', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `many_${index}`);
    writeFiles(sfm, { 'postgresql/tenant/20250102000000_bad.up.sql': 'SELECT * FROM nowhere;' });
    const list = join(makeFolder({ list: names.join('\n') }), 'list');
    const end = await bfm(
      'up',
      '--connection',
      'tenant',
      '--schemas-from',
      list,
      '--create-schemas',
      '--yes',
    );
    expect(end.code).toBe(1);
    expect(end.stdout.match(/error\[step\.failed\]/g)).toHaveLength(1);
    expect(end.stdout).toContain('in 12 targets: tenant/many_0');
    expect(end.stdout).toContain('Applied 12 of 24 migrations on 12 targets');
    for (const name of names) await db.query(`DROP SCHEMA ${name} CASCADE`);
  });

  it('says of a pending tenant which plan to type, and that plan finds it', async () => {
    await bfm('up', '--schema', 'cli_a');
    writeFiles(sfm, { 'postgresql/tenant/20250102000000_more.up.sql': 'CREATE TABLE more (id int);' });
    const [, next = ''] =
      /next: bfm (plan .*--schema cli_a)\n/.exec((await bfm('status', '--connection', 'tenant')).stdout) ??
      [];
    expect(next).toBe(`plan --sfm ${sfm} --connection tenant --schema cli_a`);
    const plan = await runMain(next.split(' '), { env });
    expect(plan.stdout).toContain('Plan: apply 1 migration on 1 target');
  });

  it('warns of a version that is no date when it is applied, and never again', async () => {
    writeFiles(sfm, { 'postgresql/core/20251399000000_odd.up.sql': '-- bfm: schema=shop\nSELECT 1;' });
    expect((await bfm('up')).stderr).toMatch(/^warning\[source\.suspicious\]: .*is no date/);
    writeFiles(sfm, { 'postgresql/core/20251399000001_next.up.sql': '-- bfm: schema=shop\nSELECT 1;' });
    const { stderr, stdout } = await bfm('plan');
    expect((stderr + stdout).match(/is no date/g)).toHaveLength(1);
  });

  it('names listed schemas that do not exist', async () => {
    await db.query("CREATE SCHEMA cli_a; INSERT INTO tenant VALUES ('cli_a'), ('cli_b')");
    const end = await bfm('up', '--all-tenants', '--connection', 'tenant');
    expect(end.code).toBe(0);
    expect(end.stdout).toMatch(/skipped: 1 listed schema that does not exist\n +tenant\/cli_b/);
    const created = await bfm('up', '--all-tenants', '--connection', 'tenant', '--create-schemas');
    expect(created.stdout).toContain('tenant/cli_b');
  });

  it('names the command that makes the table of tenants, as long as there is none', async () => {
    await db.query('DROP TABLE tenant');
    const end = await bfm('up', '--all-tenants');
    expect(end.code).toBe(2);
    expect(end.stderr).toContain(`apply those first: bfm up --connection tenant --sfm ${sfm}`);
  });

  it('takes a list from stdin and from a query, and explains a query without a connection', async () => {
    await db.query("CREATE SCHEMA cli_a; CREATE SCHEMA cli_b; INSERT INTO tenant VALUES ('cli_b')");
    const args = ['up', '--connection', 'tenant', '--json', '--sfm', sfm, '--schemas-from'];
    const piped = await runMain([...args, '-'], { env, stdin: 'cli_a\n\n' });
    expect(piped.stdout).toContain('"schema": "cli_a"');
    const queried = await runMain([...args, 'select name from tenant'], { env });
    expect(queried.stdout).toContain('"schema": "cli_b"');
    const unclear = await bfm('up', '--schemas-from', 'TABLE tenant');
    expect(unclear.code).toBe(2);
    expect(unclear.stderr).toContain('--connection NAME');
  });
});

describe('with --json', () => {
  it('gives the shapes that programs rely on', async () => {
    expect(await json('status')).toMatchObject({
      targets: [
        {
          connection: 'core',
          schema: 'shop',
          backend: 'postgresql',
          reachable: true,
          applied: 0,
          pending: [USERS, MAIL],
          drift: [],
        },
      ],
    });
    expect(await json('plan', '--schema', 'shop', '--schema', 'cli_new')).toMatchObject({
      digest: DIGEST,
      steps: [
        {
          migration_id: USERS,
          schema: 'shop',
          kind: 'atomic',
          reason: 'selected',
          statements: [{}, {}].map(() => SOME_TEXT),
        },
        { migration_id: MAIL, direction: 'up' },
        { migration_id: ORDERS, schema: 'cli_new', connection: 'tenant' },
      ],
    });
    expect(await json('up', '--dry-run')).toMatchObject({
      run: { id: SOME_TEXT, status: 'planned' },
      steps: [{ outcome: 'planned' }, { outcome: 'planned' }],
    });
    expect(await json('up')).toMatchObject({
      run: { status: 'succeeded' },
      steps: [
        { migration_id: USERS, outcome: 'applied', duration_ms: SOME_NUMBER },
        { migration_id: MAIL, outcome: 'applied' },
      ],
      summary: { applied: 2, rolled_back: 0, skipped: 0, failed: 0, not_started: 0, needs_attention: 0 },
    });
    expect(await json('up')).toMatchObject({ run: { status: 'succeeded' }, steps: [] });
    expect(await json('down', '--migration', 'core/add_mail')).toMatchObject({
      steps: [{ migration_id: MAIL, direction: 'down', outcome: 'rolled_back' }],
      summary: { rolled_back: 1 },
    });
  });

  it('puts the error of a step into the document, and nothing on stderr', async () => {
    writeFiles(sfm, { 'postgresql/core/20250103000000_bad.up.sql': '-- bfm: schema=shop\nSELECT 1/0;' });
    const end = await bfm('up', '--json');
    expect(end).toMatchObject({ code: 1, stderr: '' });
    expect(parseDocument(end.stdout)).toMatchObject({
      run: { status: 'failed' },
      steps: [{}, {}, { outcome: 'failed', error: { code: 'step.failed', details: { where: { line: 2 } } } }],
    });
  });

  it('pages through history', async () => {
    await bfm('up');
    const first = await json('history', '--limit', '1');
    expect(first).toMatchObject({ entries: [{ kind: 'applied', migration_id: MAIL, schema: 'shop' }] });
    const second = await json('history', '--limit', '1', '--cursor', String(first['next']));
    expect(second).toMatchObject({ entries: [{ migration_id: USERS }], next: null });
    expect(await json('history', '--migration', 'create_users')).toMatchObject({
      entries: [{ migration_id: USERS }],
    });
    expect(await json('history', '--backend', 'etcd')).toEqual({ entries: [], next: null });
  });
});

describe('a saved plan', () => {
  it('is applied exactly as it was looked at', async () => {
    const file = join(makeFolder({}), 'plan.json');
    const saved = await bfm('plan', '--out', file, '--to', '20250101000000');
    expect(saved.stdout).toContain(`bfm up --sfm ${sfm} --plan ${file}`);
    expect(await json('up', '--plan', file)).toMatchObject({
      steps: [{ migration_id: USERS, outcome: 'applied' }],
    });
  });

  it('is what --json prints, too, and is refused once the world has changed', async () => {
    const { stdout } = await bfm('plan', '--json');
    const file = join(makeFolder({ 'plan.json': stdout }), 'plan.json');
    await bfm('up', '--to', '20250101000000');
    const end = await bfm('up', '--plan', file, '--json');
    expect(end).toMatchObject({ code: 5, stdout: '' });
    expect(parseError(end).code).toBe('plan.stale');
  });

  it('goes one way only', async () => {
    await bfm('up');
    const { stdout } = await bfm('plan', '--down', '--all', '--json');
    const file = join(makeFolder({ 'plan.json': stdout }), 'plan.json');
    const wrong = await bfm('up', '--plan', file);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toContain(`bfm down --plan ${file}`);
    expect(await json('down', '--plan', file)).toMatchObject({ summary: { rolled_back: 2 } });
  });
});

describe('exit codes', () => {
  it('exits 6 for what is pending only when asked to', async () => {
    expect((await bfm('status')).code).toBe(0);
    expect((await bfm('plan')).code).toBe(0);
    for (const command of ['status', 'plan']) {
      const end = await bfm(command, '--exit-code', '--json');
      expect(end.code).toBe(6);
      expect(parseError(end).code).toBe('plan.pending');
      expect(parseDocument(end.stdout)).not.toEqual({});
    }
    await bfm('up');
    expect((await bfm('status', '--exit-code')).code).toBe(0);
    expect((await bfm('plan', '--exit-code')).code).toBe(0);
  });

  it('exits 6 for drift, and names both', async () => {
    await bfm('up');
    writeFiles(sfm, {
      'postgresql/core/20250102000000_add_mail.up.sql':
        '-- bfm: schema=shop\nALTER TABLE shop.users ADD COLUMN mail varchar(9);\n',
    });
    const end = await bfm('up');
    expect(end.code).toBe(6);
    expect(end.stderr).toContain('error[drift.checksum_changed]');
    const status = await bfm('status');
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/drift \(1\)[^]*was edited after it was applied/);
  });

  it('exits 6 for a schema that is full of something else', async () => {
    await db.query('CREATE SCHEMA shop; CREATE TABLE shop.legacy (id int)');
    const end = await bfm('up', '--json');
    expect(end.code).toBe(6);
    expect(parseError(end).code).toBe('ledger.baseline_required');
    expect((await bfm('status')).stdout).toContain('needs baseline');
    expect((await bfm('up', '--allow-non-empty')).code).toBe(0);
  });
});

describe('settings', () => {
  it('come from --env-file, whose faulty lines are named', async () => {
    const folder = makeFolder({
      'good.env': `export CORE_BACKEND=postgresql\nCORE_URL="${db.url}"\nBFM_SFM_PATH='${sfm}'\n`,
      'bad.env': 'CORE_BACKEND=postgresql\nCORE_URL postgres://secret\n',
    });
    const good = await runMain(['status', '--connection', 'core', '--env-file', 'good.env'], { cwd: folder });
    expect(good).toMatchObject({ code: 0, stderr: '' });
    const bad = await runMain(['status', '--env-file', 'bad.env'], { cwd: folder });
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('at bad.env:2');
    expect(bad.stderr).not.toContain('secret');
    const none = await runMain(['status', '--env-file', 'none.env', '--json'], { cwd: folder });
    expect(parseError(none)).toMatchObject({
      code: 'config.invalid',
      message: NAMES_FILE,
    });
  });

  it('come from the embedded demo when there are no others, and it is said', async () => {
    const folder = makeFolder({
      '.bfm/env': `CORE_BACKEND=postgresql\nCORE_URL=${db.url}\n`,
      'deep/down/x': '',
    });
    const args = ['status', '--connection', 'core', '--sfm', sfm];
    const end = await runMain(args, { cwd: join(folder, 'deep/down') });
    expect(end.code).toBe(0);
    expect(end.stderr).toBe('using the connections of the embedded demo (../../.bfm/env)\n');
    expect((await runMain(args, { cwd: folder, env })).stderr).toBe('');
    expect((await runMain([...args, '--json'], { cwd: folder })).stderr).toBe('');
  });
});

it('writes no secret anywhere when a password is refused', async () => {
  const url = new URL(db.url);
  url.username = 'nobody_at_all';
  url.password = 'top-secret';
  const end = await runMain(['up', '--sfm', sfm], {
    env: { ...env, CORE_URL: url.href, TENANT_URL: url.href },
  });
  expect(end.code).toBe(8);
  expect(end.stdout + end.stderr).not.toContain('top-secret');
});
