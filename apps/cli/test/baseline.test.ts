import { join } from 'node:path';
import { until, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  makeFolder,
  parseDocument,
  parseError,
  runMain,
  SOME_TEXT,
  startMain,
  type End,
} from './run-main.ts';

const TREE = {
  'postgresql/core/20250101000000_create_users.up.sql':
    '-- bfm: schema=shop\nCREATE TABLE shop.users (id int);\n',
  'postgresql/core/20250102000000_add_mail.up.sql':
    '-- bfm: schema=shop\nALTER TABLE shop.users ADD COLUMN mail text;\n',
  'postgresql/tenant/20250101000000_create_orders.up.sql':
    '-- bfm: depends-on=core/create_users\nCREATE TABLE orders (id int);\n',
  'postgresql/tenant/20250102000000_add_total.up.sql': 'ALTER TABLE orders ADD COLUMN total int;\n',
};
const USERS = '20250101000000_create_users_postgresql_core';
const ORDERS = '20250101000000_create_orders_postgresql_tenant';
const TOTAL = '20250102000000_add_total_postgresql_tenant';
const CHECKSUM: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);

const db = await useTestDatabase(18);
const env = {
  CORE_BACKEND: 'postgresql',
  CORE_URL: db.url,
  TENANT_BACKEND: 'postgresql',
  TENANT_URL: db.url,
  TENANT_TENANTS_QUERY: "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'cli%' ORDER BY 1",
};

let sfm = '';

beforeEach(async () => {
  sfm = makeFolder(TREE);
  await db.query(`DROP SCHEMA IF EXISTS bfm, shop, cli_a, cli_b, cli_c CASCADE;
    CREATE SCHEMA shop; CREATE TABLE shop.users (id int);
    CREATE SCHEMA cli_a; CREATE TABLE cli_a.orders (id int);
    CREATE SCHEMA cli_b; CREATE TABLE cli_b.orders (id int)`);
});

const bfm = (...args: readonly string[]): Promise<End> => runMain([...args, '--sfm', sfm], { env });

describe('bfm baseline', () => {
  it('is named by the error for a schema full of something else, and that command works when typed', async () => {
    const refused = await bfm('up', '--connection', 'core', '--json');
    expect(refused.code).toBe(6);
    const { code, next = '' } = parseError(refused);
    expect(code).toBe('ledger.baseline_required');
    expect(next).toBe(
      `bfm baseline --connection core --schema shop --to 20250102000000 --dry-run --sfm ${sfm}`,
    );
    const shown = await bfm(...next.split(' ').slice(1));
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain('20250102000000 add_mail');
    expect(shown.stdout).toContain('Dry run: nothing was changed.');
    expect((await bfm('status')).stdout).toContain('needs baseline');
  });

  it('marks what is there already, and leaves the rest to up', async () => {
    const end = await bfm('baseline', '--connection', 'core', '--to', '20250101000000');
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toContain('Baseline: mark 1 migration as applied on 1 target, without running it');
    expect(end.stdout).toContain('Changed 1 ledger entry on 1 target.');
    const up = await bfm('up', '--connection', 'core', '--json');
    expect(parseDocument(up.stdout)).toMatchObject({ summary: { applied: 1 } });
    expect(await db.query("SELECT to_regclass('shop.users') IS NOT NULL AS there")).toEqual([
      { there: true },
    ]);
    const history = parseDocument((await bfm('history', '--migration', USERS, '--json')).stdout);
    expect(history['entries']).toMatchObject([
      {
        kind: 'baselined',
        migration_id: USERS,
        detail: { action: 'baseline', catalog: CHECKSUM, catalog_algorithm: SOME_TEXT, before: null },
      },
    ]);
    expect((await bfm('history')).stdout).toMatch(/baselined +20250101000000 create_users/);
  });

  it('takes over a fleet, and says again that it is done', async () => {
    const args = ['baseline', '--connection', 'tenant', '--all-tenants', '--to', '20250101000000'];
    const end = await bfm(...args, '--json');
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(parseDocument(end.stdout)).toMatchObject({
      run: { id: SOME_TEXT },
      targets: [
        {
          connection: 'tenant',
          schema: 'cli_a',
          outcome: 'baselined',
          migrations: [ORDERS],
          catalog: CHECKSUM,
        },
        { schema: 'cli_b', outcome: 'baselined' },
      ],
      kinds: [{ connection: 'tenant', schemas: ['cli_a', 'cli_b'] }],
      summary: { baselined: 2, failed: 0 },
    });
    expect((await bfm(...args)).stdout).toContain(
      'Nothing to do: 2 targets have these marked as applied already.',
    );
    expect((await bfm('status', '--connection', 'tenant')).stdout).toMatch(/cli_a +1 +\d{14} +1 /);
  });

  it('names the odd schema and how it differs, and marks nothing unless told to', async () => {
    await db.query('CREATE SCHEMA cli_c; CREATE TABLE cli_c.orders (id int, total int)');
    const args = ['baseline', '--connection', 'tenant', '--all-tenants', '--to', '20250101000000'];
    const end = await bfm(...args);
    expect(end.code).toBe(6);
    expect(end.stdout).toContain('2 of 3 schemas are identical');
    expect(end.stdout).toMatch(/cli_c \(catalog [0-9a-f]{12}\)\n[^]*has column orders\.total integer/);
    expect(end.stderr).toContain('error[baseline.schemas_differ]');
    expect(await db.query("SELECT to_regnamespace('bfm') AS ledger")).toEqual([{ ledger: null }]);
    const each = await bfm('baseline', '--connection', 'tenant', '--schema', 'cli_c', '--all', '--json');
    expect(parseDocument(each.stdout)).toMatchObject({ targets: [{ migrations: [ORDERS, TOTAL] }] });
    const forced = await bfm(...args, '--allow-different', '--json');
    expect(parseDocument(forced.stdout)).toMatchObject({ summary: { baselined: 2 } });
  });

  it('refuses what is empty, missing, or has a record already', async () => {
    await db.query('CREATE SCHEMA cli_c; DROP SCHEMA shop CASCADE');
    const code = async (...args: readonly string[]): Promise<string> => {
      const end = await bfm('baseline', ...args, '--all', '--json');
      expect(end.code).toBe(6);
      return parseError(end).message;
    };
    expect(await code('--connection', 'tenant', '--schema', 'cli_c')).toContain(
      'cli_c of connection tenant is empty',
    );
    expect(await code('--connection', 'core')).toContain('shop of connection core does not exist');
    await bfm('baseline', '--connection', 'tenant', '--schema', 'cli_a', '--to', '20250101000000');
    expect(await code('--connection', 'tenant', '--schema', 'cli_a')).toContain('a record of a migration');
    expect(await db.query('SELECT count(*)::int AS rows FROM bfm.ledger')).toEqual([{ rows: 1 }]);
  });

  it('takes over a schema that was dropped and made anew, as the error says', async () => {
    await db.query('DROP SCHEMA shop CASCADE');
    await bfm('up', '--connection', 'core');
    await db.query(
      'DROP SCHEMA shop CASCADE; CREATE SCHEMA shop; CREATE TABLE shop.users (id int, mail text)',
    );
    const { code, next = '' } = parseError(await bfm('up', '--connection', 'core', '--json'));
    expect(code).toBe('ledger.recreated');
    const command = next.replace(' --dry-run', '').split(' ').slice(1);
    expect((await bfm(...command)).stdout).toContain('Changed 2 ledger entries on 1 target.');
    expect((await bfm('up', '--connection', 'core')).stdout).toContain('Nothing to do');
  });

  it('goes on where it was killed, and marks nothing twice', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `cli_k${index}`);
    await db.query(
      names.map((name) => `CREATE SCHEMA ${name}; CREATE TABLE ${name}.orders (id int);`).join(' '),
    );
    const args = [
      'baseline',
      '--connection',
      'tenant',
      '--all-tenants',
      '--to',
      '20250101000000',
      '--sfm',
      sfm,
    ];
    const first = startMain(args, { env });
    const marked = async (): Promise<number> => {
      const [ledger] = await db.query<{ there: boolean }>(
        "SELECT to_regclass('bfm.event') IS NOT NULL AS there",
      );
      if (ledger?.there !== true) return 0;
      const [row] = await db.query<{ n: number }>('SELECT count(*)::int AS n FROM bfm.event');
      return row?.n ?? 0;
    };
    await until(async () => (await marked()) > 3, { what: 'the first targets' });
    first.child.kill('SIGKILL');
    await first.ended;
    const again = await runMain(args, { env });
    expect(again.code).toBe(0);
    expect(await marked()).toBe(62);
    expect(await db.query('SELECT count(*)::int AS n FROM bfm.ledger')).toEqual([{ n: 62 }]);
    await db.query(names.map((name) => `DROP SCHEMA ${name} CASCADE;`).join(' '));
  });

  it('wants to be told how far', async () => {
    for (const args of [[], ['--all', '--to', '20250101000000']]) {
      const end = await bfm('baseline', ...args, '--json');
      expect(end.code).toBe(2);
      expect(parseError(end).code).toBe('request.invalid');
    }
  });

  it('leaves out listed schemas that do not exist', async () => {
    const list = join(makeFolder({ list: 'cli_a\nnowhere\n' }), 'list');
    const end = await bfm('baseline', '--connection', 'tenant', '--schemas-from', list, '--all', '--json');
    expect(parseDocument(end.stdout)).toMatchObject({
      targets: [{ schema: 'cli_a' }],
      skipped: [{ schema: 'nowhere', reason: 'schema_missing' }],
    });
  });

  it('waits for another holder no longer than it is told to, and then changes nothing', async () => {
    const holder = new pg.Client({ connectionString: db.url });
    await holder.connect();
    await holder.query("SELECT pg_advisory_lock(hashtextextended('bfm shop', 0))");
    const locked = await bfm('baseline', '--connection', 'core', '--all', '--lock-wait', '0', '--json');
    await holder.end();
    expect(locked.code).toBe(5);
    expect(parseDocument(locked.stdout)).toMatchObject({
      targets: [{ outcome: 'failed', error: { code: 'target.locked' } }],
    });
    expect(await db.query('SELECT count(*)::int AS rows FROM bfm.event')).toEqual([{ rows: 0 }]);
  });
});
