import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { useTestDatabase } from '@bfm/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, parseDocument, parseError, runMain, writeFiles, type End } from './run-main.ts';

const MAIL_FILE = 'postgresql/core/20250102000000_add_mail.up.sql';
const TREE = {
  'postgresql/core/20250101000000_create_users.up.sql':
    '-- bfm: schema=shop\nCREATE TABLE shop.users (id int);\n',
  [MAIL_FILE]: '-- bfm: schema=shop\nALTER TABLE shop.users ADD COLUMN mail text;\n',
  'postgresql/tenant/20250101000000_create_orders.up.sql': 'CREATE TABLE orders (id int);\n',
};
const USERS = '20250101000000_create_users_postgresql_core';
const MAIL = '20250102000000_add_mail_postgresql_core';
const ORDERS = '20250101000000_create_orders_postgresql_tenant';

const db = await useTestDatabase(18);
const env = {
  CORE_BACKEND: 'postgresql',
  CORE_URL: db.url,
  TENANT_BACKEND: 'postgresql',
  TENANT_URL: db.url,
};
let sfm = '';

beforeEach(async () => {
  sfm = makeFolder(TREE);
  await db.query('DROP SCHEMA IF EXISTS bfm, shop, cli_a, cli_b CASCADE');
});

const bfm = (...args: readonly string[]): Promise<End> => runMain([...args, '--sfm', sfm], { env });
const why = ['--reason', 'because'] as const;

async function json(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const end = await bfm(...args, '--json');
  expect(end.stderr).toBe('');
  expect(end.code).toBe(0);
  return parseDocument(end.stdout);
}

async function refused(
  ...args: readonly string[]
): Promise<{ exit: number | null; code: string; next?: string }> {
  const end = await bfm(...args, '--json');
  const { code, next } = parseError(end);
  return { exit: end.code, code, ...(next === undefined ? {} : { next }) };
}

async function ledger(): Promise<readonly { id: string; status: string }[]> {
  return db.query(`SELECT s.schema_name || '/' || l.migration_id AS id, l.status
    FROM bfm.ledger l JOIN bfm.scope s USING (scope_id) WHERE s.retired_at IS NULL ORDER BY 1`);
}

/** Types the command that an error's `next` ends with. */
async function typed(next: string): Promise<End> {
  const [command = ''] = /bfm repair .*--reason WHY/.exec(next) ?? [];
  return bfm(...command.replace('WHY', 'tested').split(' ').slice(1));
}

describe('every repair', () => {
  it('wants a reason', async () => {
    const verbs = ['mark-applied', 'mark-pending', 'unbaseline', 'accept-checksum'];
    for (const verb of verbs) {
      const args = verb === 'unbaseline' ? [] : ['--migration', MAIL];
      const answer = await refused('repair', verb, ...args);
      expect(answer).toMatchObject({ exit: 2, code: 'request.invalid' });
      expect(answer.next).toContain('--reason');
      const copied = await refused('repair', verb, ...args, '--reason', 'WHY');
      expect(copied).toMatchObject({ exit: 2, code: 'request.invalid' });
      expect(copied.next).toBe("write --reason 'what happened and who says so'");
    }
  });

  it('changes nothing in a dry run', async () => {
    await bfm('up');
    const before = await ledger();
    const end = await bfm('repair', 'mark-pending', '--migration', MAIL, ...why, '--dry-run');
    expect(end.stdout).toMatch(/add_mail +applied +→ +pending[^]*because: because[^]*Dry run/);
    expect(await ledger()).toEqual(before);
    expect(await db.query("SELECT count(*)::int AS n FROM bfm.event WHERE kind = 'repaired'")).toEqual([
      { n: 0 },
    ]);
  });

  it('is told by history, with its reason and what was before', async () => {
    await bfm('up');
    await bfm('repair', 'mark-pending', '--migration', MAIL, '--reason', 'dropped by Ann');
    expect(await json('history', '--limit', '1')).toMatchObject({
      entries: [
        {
          kind: 'repaired',
          migration_id: MAIL,
          reason: 'dropped by Ann',
          detail: { action: 'mark-pending', before: { status: 'applied' }, after: { status: 'deferred' } },
        },
      ],
    });
    const { stdout } = await bfm('history');
    expect(stdout).toContain('mark-pending');
    expect(stdout).toContain('because: dropped by Ann');
  });
});

describe('mark-applied and mark-pending', () => {
  it('undo each other, and up believes them', async () => {
    await bfm('up');
    expect(await json('repair', 'mark-pending', '--migration', MAIL, ...why)).toMatchObject({
      action: 'mark-pending',
      reason: 'because',
      targets: [
        {
          connection: 'core',
          schema: 'shop',
          outcome: 'repaired',
          changes: [{ migration_id: MAIL, before: { status: 'applied' }, after: { status: 'deferred' } }],
        },
      ],
      summary: { repaired: 1 },
    });
    expect((await bfm('up')).stdout).toContain('column "mail" of relation "users" already exists');
    expect(await json('repair', 'mark-applied', '--migration', MAIL, ...why)).toMatchObject({
      targets: [{ changes: [{ before: { status: 'failed' }, after: { status: 'applied' } }] }],
    });
    expect((await bfm('up')).stdout).toContain('Nothing to do');
    const again = await json('repair', 'mark-applied', '--migration', MAIL, ...why);
    expect(again).toMatchObject({ targets: [], unchanged: [{ schema: 'shop' }] });
  });

  it('leave an earlier migration pending without calling it out of order', async () => {
    await bfm('up');
    await bfm('repair', 'mark-pending', '--migration', USERS, ...why);
    await db.query('ALTER TABLE shop.users RENAME TO old_users');
    expect(await json('up')).toMatchObject({ summary: { applied: 1 } });
  });

  it('want tenants to be named', async () => {
    await bfm('up', '--schema', 'cli_a', '--schema', 'cli_b');
    const pending = ['repair', 'mark-pending', '--migration', 'create_orders', ...why];
    expect(await refused(...pending)).toMatchObject({ exit: 2, code: 'request.schema_required' });
    expect(await refused('repair', 'mark-applied', '--migration', 'create_orders', ...why)).toMatchObject({
      code: 'request.schema_required',
    });
    expect(await refused(...pending, '--schema', 'cli_z')).toMatchObject({
      exit: 4,
      code: 'target.not_found',
    });
    await json(...pending, '--schema', 'cli_a');
    expect((await ledger()).filter(({ id }) => id.endsWith(ORDERS))).toEqual([
      { id: `cli_a/${ORDERS}`, status: 'deferred' },
      { id: `cli_b/${ORDERS}`, status: 'applied' },
    ]);
  });

  it('refuse what no ledger knows, and a schema that is not there', async () => {
    await bfm('up', '--to', '20250101000000', '--connection', 'core');
    expect(await refused('repair', 'mark-pending', '--migration', MAIL, ...why)).toMatchObject({
      exit: 6,
      code: 'repair.not_applicable',
    });
    const missing = ['repair', 'mark-applied', '--migration', ORDERS, '--schema', 'cli_a', ...why];
    expect(await refused(...missing)).toMatchObject({ exit: 6, code: 'repair.not_applicable' });
    expect(await refused('repair', 'mark-pending', '--migration', 'nothing', ...why)).toMatchObject({
      exit: 4,
    });
    expect(await refused('repair', 'mark-applied', ...why)).toMatchObject({ exit: 2 });
  });

  it('take a migration whose file is gone out of the way, as the error for it says', async () => {
    await bfm('up');
    unlinkSync(join(sfm, MAIL_FILE));
    const drift = await refused('up');
    expect(drift.code).toBe('drift.missing');
    expect((await typed(drift.next ?? '')).code).toBe(0);
    expect((await bfm('up')).stdout).toContain('Nothing to do');
  });
});

describe('of a migration that runs bare and was interrupted', () => {
  const FILE = 'postgresql/core/20250103000000_indexes.up.sql';
  const BARE = [
    '-- bfm: schema=shop, transaction=none',
    'CREATE INDEX CONCURRENTLY users_id ON shop.users (id);',
    'SELECT 1/0;',
    'CREATE INDEX CONCURRENTLY users_mail ON shop.users (mail);',
  ].join('\n');
  const pending = ['repair', 'mark-pending', '--migration', 'indexes', ...why];

  beforeEach(async () => {
    writeFiles(sfm, { [FILE]: BARE });
    expect((await bfm('up', '--connection', 'core')).code).toBe(1);
  });

  it('mark-pending --statement goes on behind what is said to be done', async () => {
    expect(await json(...pending, '--statement', '3')).toMatchObject({
      targets: [
        { next_statement: 3, changes: [{ before: { status: 'started' }, after: { status: 'started' } }] },
      ],
    });
    expect(await json('up', '--connection', 'core')).toMatchObject({ summary: { applied: 1 } });
    expect(await db.query("SELECT to_regclass('shop.users_mail') IS NOT NULL AS there")).toEqual([
      { there: true },
    ]);
    expect(await db.query('SELECT count(*)::int AS n FROM bfm.progress')).toEqual([{ n: 0 }]);
  });

  it('mark-pending begins anew without it, also with an edited file', async () => {
    await json(...pending);
    expect(await db.query('SELECT count(*)::int AS n FROM bfm.progress')).toEqual([{ n: 0 }]);
    await db.query('DROP INDEX shop.users_id');
    writeFiles(sfm, { [FILE]: BARE.replace('SELECT 1/0;', 'SELECT 1;') });
    expect(await json('up', '--connection', 'core')).toMatchObject({ summary: { applied: 1 } });
  });

  it('goes on as the error says when what was done has been edited', async () => {
    writeFiles(sfm, { [FILE]: BARE.replace('users_id ON', 'users_by_id ON').replace('1/0', '1') });
    const end = await bfm('up', '--connection', 'core', '--json');
    expect(end.code).toBe(6);
    const [step] = (parseDocument(end.stdout) as { steps: [{ error: { code: string; next: string } }] })
      .steps;
    expect(step.error.code).toBe('step.partial');
    expect(step.error.next).toContain('--statement 1 --reason WHY');
    expect((await typed(step.error.next)).code).toBe(0);
    expect(await json('up', '--connection', 'core')).toMatchObject({ summary: { applied: 1 } });
  });

  it('mark-applied says that somebody ended it by hand', async () => {
    await json('repair', 'mark-applied', '--migration', 'indexes', ...why);
    expect(await db.query('SELECT count(*)::int AS n FROM bfm.progress')).toEqual([{ n: 0 }]);
    expect((await bfm('up', '--connection', 'core')).stdout).toContain('Nothing to do');
  });

  it('refuses a statement that is not there, and one of a migration that was not interrupted', async () => {
    expect(await refused(...pending, '--statement', '4')).toMatchObject({ exit: 2, code: 'request.invalid' });
    const other = ['repair', 'mark-pending', '--migration', MAIL, '--statement', '1', ...why];
    expect(await refused(...other)).toMatchObject({ exit: 6, code: 'repair.not_applicable' });
  });
});

describe('unbaseline', () => {
  beforeEach(async () => {
    await db.query('CREATE SCHEMA shop; CREATE TABLE shop.users (id int)');
    await bfm('baseline', '--connection', 'core', '--to', '20250101000000');
  });

  it('takes a baseline back', async () => {
    expect(await json('repair', 'unbaseline', '--connection', 'core', ...why)).toMatchObject({
      targets: [{ changes: [{ migration_id: USERS, before: { status: 'applied' }, after: null }] }],
    });
    expect(await ledger()).toEqual([]);
    expect(await refused('up', '--connection', 'core')).toMatchObject({ code: 'ledger.baseline_required' });
  });

  it('takes one back whose file was edited and accepted since', async () => {
    writeFiles(sfm, {
      'postgresql/core/20250101000000_create_users.up.sql':
        '-- bfm: schema=shop\nCREATE TABLE shop.users (id bigint);\n',
    });
    await json('repair', 'accept-checksum', '--all', '--connection', 'core', ...why);
    expect(await json('repair', 'unbaseline', '--connection', 'core', ...why)).toMatchObject({
      targets: [{ changes: [{ migration_id: USERS, before: { status: 'applied' }, after: null }] }],
    });
    expect(await ledger()).toEqual([]);
  });

  it('refuses once something was applied on top', async () => {
    await bfm('up', '--connection', 'core');
    const answer = await refused('repair', 'unbaseline', '--connection', 'core', ...why);
    expect(answer).toMatchObject({ exit: 6, code: 'repair.not_applicable' });
    expect((await ledger()).map(({ status }) => status)).toEqual(['applied', 'applied']);
  });

  it('finds nothing where nothing was baselined', async () => {
    await json('repair', 'unbaseline', ...why);
    await db.query('DROP TABLE shop.users');
    await bfm('up', '--connection', 'core', '--allow-non-empty');
    expect(await json('repair', 'unbaseline', ...why)).toMatchObject({ targets: [] });
  });
});

describe('accept-checksum', () => {
  const EDITED = '-- bfm: schema=shop\nALTER TABLE shop.users ADD COLUMN mail varchar(200);\n';

  beforeEach(async () => {
    await bfm('up', '--connection', 'core');
    writeFiles(sfm, { [MAIL_FILE]: EDITED });
  });

  it('is named by the error for an edited file, and accepts it', async () => {
    const drift = await refused('up', '--connection', 'core');
    expect(drift).toMatchObject({ exit: 6, code: 'drift.checksum_changed' });
    expect(drift.next).toContain(`bfm repair accept-checksum --migration ${MAIL} --reason WHY`);
    expect((await typed(drift.next ?? '')).code).toBe(0);
    expect((await bfm('up', '--connection', 'core')).stdout).toContain('Nothing to do');
    writeFiles(sfm, { [MAIL_FILE]: `-- only a comment\n${EDITED}` });
    expect((await bfm('up', '--connection', 'core')).stdout).toContain('Nothing to do');
  });

  it('accepts all that were edited, and nothing else', async () => {
    expect(await json('repair', 'accept-checksum', '--all', ...why)).toMatchObject({
      targets: [
        { changes: [{ migration_id: MAIL, before: { status: 'applied' }, after: { status: 'applied' } }] },
      ],
    });
    expect(await json('repair', 'accept-checksum', '--all', ...why)).toMatchObject({ targets: [] });
    expect(await refused('repair', 'accept-checksum', ...why)).toMatchObject({ exit: 2 });
  });
});

it('repair projection says that there is none without a server', async () => {
  expect(await refused('repair', 'projection', ...why)).toMatchObject({
    exit: 7,
    code: 'backend.capability_missing',
  });
});
