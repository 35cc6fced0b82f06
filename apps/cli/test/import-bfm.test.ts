import { OldState, useTestDatabase, type OldMigration } from '@bfm/testing';
import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, parseDocument, parseError, runMain, type End } from './run-main.ts';

const TREE = {
  'postgresql/core/20250101000000_create_users.up.sql':
    '-- bfm: schema=shop\nCREATE TABLE users (id int);\nCREATE INDEX users_by_id ON users (id);\n',
  'postgresql/core/20250101000000_create_users.down.sql': 'DROP TABLE users;\n',
  'postgresql/core/20250102000000_add_mail.up.sql':
    '-- bfm: schema=shop\nALTER TABLE users ADD COLUMN mail text;\n',
  'postgresql/core/20250102000000_add_mail.down.sql': 'ALTER TABLE users DROP COLUMN mail;\n',
  'postgresql/core/20250103000000_fill_users.up.sql': '-- bfm: schema=shop\nINSERT INTO users VALUES (1);\n',
  'postgresql/core/20250103000000_fill_users.down.sql': 'DELETE FROM users;\n',
  'postgresql/tenant/20250101000000_create_orders.up.sql':
    "CREATE TYPE state AS ENUM ('new');\nCREATE TABLE orders (id int, s state);\n",
  'postgresql/tenant/20250101000000_create_orders.down.sql': 'DROP TABLE orders;\nDROP TYPE state;\n',
  'postgresql/tenant/20250102000000_add_total.up.sql':
    'ALTER TABLE {{.Schema}}.orders ADD COLUMN total int CONSTRAINT total_positive CHECK (total > 0);\n',
  'postgresql/tenant/20250102000000_add_total.down.sql': 'ALTER TABLE orders DROP COLUMN total;\n',
};

const USERS: OldMigration = { version: '20250101000000', name: 'create_users', connection: 'core' };
const MAIL: OldMigration = { version: '20250102000000', name: 'add_mail', connection: 'core' };
const FILL: OldMigration = { version: '20250103000000', name: 'fill_users', connection: 'core' };
const ORDERS: OldMigration = { version: '20250101000000', name: 'create_orders', connection: 'tenant' };
const TOTAL: OldMigration = { version: '20250102000000', name: 'add_total', connection: 'tenant' };

describe.each([15, 18] as const)('bfm import bfm, PostgreSQL %i', async (major) => {
  const target = await useTestDatabase(major);
  const stateDb = await useTestDatabase(major);
  const env = {
    CORE_BACKEND: 'postgresql',
    CORE_URL: target.url,
    TENANT_BACKEND: 'postgresql',
    TENANT_URL: target.url,
    BFM_STATE_URL: stateDb.url,
  };
  let sfm = '';
  let state = new OldState(stateDb);

  const bfm = (...args: readonly string[]): Promise<End> => runMain([...args, '--sfm', sfm], { env });
  const importBfm = (...args: readonly string[]): Promise<End> => bfm('import', 'bfm', ...args);
  const tenant = (name: string): string =>
    `CREATE SCHEMA "${name}"; CREATE TYPE "${name}".state AS ENUM ('new');
     CREATE TABLE "${name}".orders (id int, s "${name}".state, total int CONSTRAINT total_positive CHECK (total > 0));`;

  beforeEach(async () => {
    sfm = makeFolder(TREE);
    const [found] = await target.query<{ drop: string | null }>(
      `SELECT string_agg(format('DROP SCHEMA %I CASCADE;', nspname), '') AS drop FROM pg_namespace
       WHERE nspname !~ '^(pg_|information_schema$|public$)'`,
    );
    if (found?.drop) await target.query(found.drop);
    await stateDb.query('DROP SCHEMA IF EXISTS public, old CASCADE; CREATE SCHEMA public');
    state = new OldState(stateDb);
    await state.create();
  });

  /** Three fixed migrations and two of each tenant, as they were really applied. */
  async function makeNormal(tenants: readonly string[]): Promise<void> {
    await target.query(`CREATE SCHEMA shop; CREATE TABLE shop.users (id int, mail text);
      CREATE INDEX users_by_id ON shop.users (id); INSERT INTO shop.users VALUES (1);
      ${tenants.map(tenant).join('\n')}`);
    for (const migration of [USERS, MAIL, FILL]) await state.applied(migration, 'shop');
    for (const name of tenants) {
      await state.applied(ORDERS, name);
      await state.applied(TOTAL, name);
    }
  }

  it('takes over a hundred tenants: up runs nothing, status is clean, down works', async () => {
    const tenants = Array.from({ length: 100 }, (_, index) => `cli_${String(index).padStart(3, '0')}`);
    await makeNormal(tenants);
    const dry = await importBfm('--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout).toContain('Dry run: nothing was changed.');
    expect(await target.query("SELECT to_regnamespace('bfm') AS ledger")).toEqual([{ ledger: null }]);
    const end = await importBfm('--json');
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(parseDocument(end.stdout)).toMatchObject({
      summary: { imported: 101, undecided: 0, failed: 0 },
    });
    const up = await bfm('up', '--schemas-from', '-', '--json');
    expect(up.code).toBe(0);
    const all = await runMain(['up', '--schemas-from', '-', '--json', '--sfm', sfm], {
      env,
      stdin: ['shop', ...tenants].join('\n'),
    });
    expect(all.code).toBe(0);
    expect(parseDocument(all.stdout)).toMatchObject({ steps: [], summary: { applied: 0, failed: 0 } });
    expect((await bfm('status', '--exit-code')).code).toBe(0);
    const [event] = await target.query<{ detail: unknown; kind: string }>(
      "SELECT kind, detail FROM bfm.event WHERE migration_id LIKE '%create_users%'",
    );
    expect(event).toMatchObject({
      kind: 'baselined',
      detail: {
        action: 'import-bfm',
        state_applied_at: '2025-06-01T10:00:00.000000Z',
        state_executed_by: 'api_user',
      },
    });
    const down = await bfm('down', '--all', '--schema', 'cli_007', '--yes', '--json');
    expect(parseDocument(down.stdout)).toMatchObject({ summary: { rolled_back: 2 } });
    expect(await target.query("SELECT to_regclass('cli_007.orders') AS orders")).toEqual([{ orders: null }]);
    const again = await importBfm();
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('Nothing to do');
  });

  const undecided = async (...args: readonly string[]): Promise<readonly string[]> => {
    const end = await importBfm('--json', ...args);
    expect(end.code).toBe(6);
    expect(parseError(end).code).toBe('import.undecided');
    expect(await target.query("SELECT to_regnamespace('bfm') AS ledger")).toEqual([{ ledger: null }]);
    const { faults } = parseError(end).details as { faults?: readonly { message: string }[] };
    return (faults ?? [parseError(end)]).map(({ message }) => message);
  };
  const up = async (schema: string): Promise<unknown> => {
    const end = await bfm('up', '--schema', schema, '--json');
    expect([end.code, end.stderr]).toEqual([0, '']);
    return (parseDocument(end.stdout) as { steps: readonly { migration_id: string }[] }).steps.map((step) =>
      step.migration_id.replace(/^\d+_(.*)_postgresql_.*$/, '$1'),
    );
  };

  it('believes no lie: a table that is said to be there and is not', async () => {
    await makeNormal(['cli_1', 'cli_2']);
    await target.query('DROP TABLE cli_2.orders; DROP TYPE cli_2.state');
    const messages = await undecided();
    expect(messages).toHaveLength(2);
    expect(messages[0]).toMatch(
      /20250101000000_create_orders_postgresql_tenant is applied in tenant\/cli_2 by .*; not there: type state, table orders; nothing was changed/,
    );
    expect(messages[1]).toMatch(
      /add_total.*not there: column orders.total, constraint orders.total_positive/,
    );
    const end = await importBfm('--trust', 'catalog', '--yes');
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toContain('decided by --trust:');
    expect([await up('cli_1'), await up('cli_2'), await up('shop')]).toEqual([
      [],
      ['create_orders', 'add_total'],
      [],
    ]);
    expect((await importBfm('--trust', 'catalog')).stdout).toContain('Nothing to do');
    expect((await importBfm()).code).toBe(0);
  });

  it('leaves a target out by name, or takes the state’s word', async () => {
    await makeNormal(['cli_1', 'cli_2']);
    await target.query('ALTER TABLE cli_2.orders DROP COLUMN total');
    await undecided();
    const without = await importBfm('--leave-out', 'tenant/cli_2', '--json');
    expect(without.code).toBe(0);
    expect(parseDocument(without.stdout)).toMatchObject({
      left_alone: { left_out: 1 },
      summary: { imported: 2 },
    });
    const trusting = await importBfm('--trust', 'state', '--json');
    expect(parseDocument(trusting.stdout)).toMatchObject({
      targets: [
        { schema: 'shop', outcome: 'up_to_date' },
        { schema: 'cli_1', outcome: 'up_to_date' },
        {
          schema: 'cli_2',
          outcome: 'imported',
          settled: [{ missing: ['column orders.total', 'constraint orders.total_positive'] }],
        },
      ],
    });
    expect(await up('cli_2')).toEqual([]);
  });

  it('finds what a crash kept out of the state', async () => {
    await makeNormal([]);
    await target.query(tenant('cli_1'));
    await state.applied(ORDERS, 'cli_1');
    await state.pending(TOTAL, 'cli_1');
    const [message] = await undecided();
    expect(message).toMatch(/add_total.* is not applied in tenant\/cli_1 by .*; there: column orders.total/);
    expect((await importBfm('--trust', 'catalog')).code).toBe(0);
    expect(await up('cli_1')).toEqual([]);
  });

  it('asks about everything that was rolled back once, whichever way', async () => {
    await makeNormal(['cli_1', 'cli_2', 'cli_3']);
    // Through /rollback, then applied again; through /down, which leaves "applied"; and through /rollback for good.
    await state.rolledBack(TOTAL, 'cli_1');
    await state.applied(TOTAL, 'cli_1', '2025-06-04 10:00:00');
    await state.down(TOTAL, 'cli_2');
    await state.rolledBack(TOTAL, 'cli_3');
    await state.rolledBack(FILL, 'shop');
    await target.query(
      'ALTER TABLE cli_2.orders DROP COLUMN total; ALTER TABLE cli_3.orders DROP COLUMN total',
    );
    const messages = await undecided();
    expect(messages).toHaveLength(3);
    expect(messages.join('\n')).toMatch(
      /add_total.* is applied in tenant\/cli_1 by .*rolled back there once/,
    );
    expect(messages.join('\n')).toMatch(
      /add_total.* is not applied in tenant\/cli_2, tenant\/cli_3 by .*rolled back there once/,
    );
    expect(messages.join('\n')).toMatch(/fill_users.* is not applied .*does not show whether it ran/);
    expect((await importBfm('--trust', 'catalog')).code).toBe(0);
    expect([await up('cli_1'), await up('cli_2'), await up('cli_3'), await up('shop')]).toEqual([
      [],
      ['add_total'],
      ['add_total'],
      ['fill_users'],
    ]);
    expect((await importBfm()).stdout).toContain('Nothing to do');
  });

  it('takes what failed and what is pending for what it is, and lets up go on in any order', async () => {
    await target.query(
      'CREATE SCHEMA shop; CREATE TABLE shop.users (id int); CREATE INDEX users_by_id ON shop.users (id)',
    );
    await state.applied(USERS, 'shop');
    await state.failed(MAIL, 'shop');
    await state.applied(FILL, 'shop');
    expect((await importBfm()).code).toBe(0);
    expect(await up('shop')).toEqual(['add_mail']);
  });

  it('settles tenants with underscores, of which every migration was run twice', async () => {
    await makeNormal(['org_1', 'org_2']);
    for (const name of ['org_1', 'org_2']) {
      await state.failed(ORDERS, name);
      await state.failed(TOTAL, name);
    }
    const messages = await undecided();
    expect(messages).toHaveLength(2);
    expect(messages[0]).toContain(
      "tenant/org_1, tenant/org_2 by the state's last word; it was applied, and a later run",
    );
    expect((await importBfm('--trust', 'catalog')).code).toBe(0);
    expect([await up('org_1'), await up('org_2')]).toEqual([[], []]);
  });

  it('tells of a tenant that is gone', async () => {
    await makeNormal(['cli_1']);
    await state.applied(ORDERS, 'cli_0');
    const [message] = await undecided();
    expect(message).toContain(
      'schema cli_0 of connection tenant does not exist, and the state says that a migration is applied in it',
    );
    const end = await importBfm('--trust', 'catalog', '--json');
    expect(parseDocument(end.stdout)).toMatchObject({ summary: { imported: 2, undecided: 0 } });
  });

  it('tells what it leaves alone, and refuses that only when asked for it by name', async () => {
    await makeNormal(['cli_1']);
    await state.applied({ ...ORDERS, name: 'gone' }, 'cli_1');
    await state.applied({ ...USERS, connection: 'logs', backend: 'greptimedb' }, 'public');
    await state.applied(USERS, 'cli_1');
    const more = { ...env, LOGS_BACKEND: 'greptimedb', LOGS_URL: 'http://127.0.0.1:9' };
    const run = (...args: readonly string[]): Promise<End> =>
      runMain(['import', 'bfm', '--json', '--sfm', sfm, ...args], { env: more });
    expect((await run('--connection', 'logs')).code).toBe(7);
    expect((await run('--backend', 'etcd')).code).toBe(7);
    expect((await run('--schema', 'nowhere')).code).toBe(4);
    expect((await run('--leave-out', 'tenant/nowhere')).code).toBe(4);
    const end = await run();
    expect(end.code).toBe(0);
    expect(parseDocument(end.stdout)).toMatchObject({
      left_alone: {
        gone: ['20250101000000_create_users_greptimedb_logs', '20250101000000_gone_postgresql_tenant'],
        misplaced: [{ migration_id: '20250101000000_create_users_postgresql_core', schema: 'cli_1' }],
        other_backends: [{ connection: 'logs (greptimedb)', rows: 1 }],
      },
      summary: { imported: 2 },
    });
  });

  it('takes over some targets, and the others later', async () => {
    await makeNormal(['cli_1', 'cli_2']);
    const some = await importBfm('--schema', 'cli_1', '--json');
    expect(parseDocument(some.stdout)).toMatchObject({ summary: { imported: 1 } });
    const rest = await importBfm('--connection', 'tenant', '--json');
    expect(parseDocument(rest.stdout)).toMatchObject({ summary: { imported: 1, up_to_date: 1 } });
    expect((await importBfm('--yes')).stdout).toContain('Changed 3 ledger entries on 1 target.');
  });

  it('goes on after a target that somebody holds', async () => {
    await makeNormal(['cli_1']);
    const holder = new pg.Client({ connectionString: target.url });
    await holder.connect();
    await holder.query("SELECT pg_advisory_lock(hashtextextended('bfm shop', 0))");
    const end = await importBfm('--lock-wait', '0', '--json');
    await holder.end();
    expect(end.code).toBe(5);
    expect(parseDocument(end.stdout)).toMatchObject({
      targets: [{ outcome: 'failed', error: { code: 'target.locked' } }, { outcome: 'imported' }],
    });
    expect(parseDocument((await importBfm('--json')).stdout)).toMatchObject({ summary: { imported: 1 } });
  });

  it('says what is wrong with a state, and changes nothing', async () => {
    await makeNormal(['cli_1']);
    const from = async (
      url: string,
      ...args: readonly string[]
    ): Promise<readonly [number | null, string, string]> => {
      const end = await importBfm('--json', '--state-url', url, ...args);
      const { code, message, next = '' } = parseError(end);
      return [end.code, code, `${message} | ${next}`];
    };
    const missing = new URL(stateDb.url);
    missing.pathname = '/no_such_database';
    expect(await from(missing.href)).toMatchObject([
      8,
      'target.unreachable',
      expect.stringContaining('does not exist'),
    ]);
    expect(await from(target.url)).toMatchObject([
      4,
      'import.state_missing',
      expect.stringContaining('has no table migrations_list'),
    ]);
    await stateDb.query('ALTER SCHEMA public RENAME TO old; CREATE SCHEMA public');
    expect(await from(stateDb.url)).toMatchObject([
      4,
      'import.state_missing',
      expect.stringContaining('| --state-schema old'),
    ]);
    await stateDb.query(
      'ALTER TABLE old.migrations_list ADD COLUMN owner text; ALTER TABLE old.migrations_executions ADD COLUMN shard int',
    );
    const elsewhere = await importBfm(
      '--json',
      '--dry-run',
      '--state-url',
      stateDb.url,
      '--state-schema',
      'old',
    );
    expect(elsewhere.code).toBe(0);
    await stateDb.query(
      'ALTER TABLE old.migrations_list RENAME COLUMN status TO last_status; DROP TABLE old.migrations_executions',
    );
    expect(await from(stateDb.url, '--state-schema', 'old')).toMatchObject([
      7,
      'import.state_unknown',
      expect.stringContaining('migrations_list.status, migrations_executions are not there'),
    ]);
    expect(await from('postgres://nothing')).toMatchObject([
      2,
      'config.invalid',
      expect.stringContaining('--state-url is not usable'),
    ]);
    const silent = await runMain(['import', 'bfm', '--json', '--sfm', sfm], {
      env: { ...env, BFM_STATE_URL: '' },
    });
    expect([silent.code, parseError(silent).code]).toEqual([2, 'request.invalid']);
    expect(await target.query("SELECT to_regnamespace('bfm') AS ledger")).toEqual([{ ledger: null }]);
  });
});
