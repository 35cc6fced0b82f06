import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useTestDatabase } from '@bfm/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder, parseDocument, parseError, runMain, writeFiles, type End } from './run-main.ts';

const db = await useTestDatabase(18);
const [migrator, reader] = [`${db.name}_migrator`, `${db.name}_reader`];
await db.query(`CREATE ROLE ${migrator} LOGIN PASSWORD 'x'; CREATE ROLE ${reader} LOGIN PASSWORD 'x'`);
afterAll(async () => {
  await db.query(`DROP OWNED BY ${migrator}, ${reader} CASCADE; DROP ROLE ${migrator}, ${reader}`);
});

function urlOf(role: string): string {
  const url = new URL(db.url);
  url.username = role;
  url.password = 'x';
  return url.href;
}

describe('bfm init', () => {
  it('makes a project that works as soon as it has an address', async () => {
    const cwd = makeFolder({});
    const end = await runMain(['init'], { cwd });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toContain('next: put the address of your database into .env');
    const none = await runMain(['plan'], { cwd });
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('connections.core.url');
    const example = readFileSync(join(cwd, '.env.example'), 'utf8');
    writeFileSync(join(cwd, '.env'), example.replace(/CORE_URL=.*/, `CORE_URL=${db.url}`));
    const up = await runMain(['up', '--env-file', '.env', '--json'], { cwd });
    expect(parseDocument(up.stdout)).toMatchObject({ summary: { applied: 1 } });
    expect((await runMain(['down', '--all', '--env-file', '.env'], { cwd })).code).toBe(0);
    await db.query('DROP SCHEMA app, bfm CASCADE');
  });

  it('never touches what is there', async () => {
    const cwd = makeFolder({
      'bfm.yaml': 'mine',
      'sfm/postgresql/app/20250101000000_mine.up.sql': 'SELECT 1',
    });
    const { stdout } = await runMain(['init', '--json'], { cwd });
    expect(parseDocument(stdout)).toEqual({ folder: '.', made: ['.env.example'], kept: ['bfm.yaml'] });
    expect(readFileSync(join(cwd, 'bfm.yaml'), 'utf8')).toBe('mine');
    expect(readdirSync(join(cwd, 'sfm/postgresql'))).toEqual(['app']);
    const again = await runMain(['init', 'sub', '--connection', 'app-eu'], { cwd });
    expect(again.stdout).toContain('cd sub, then');
    expect(readFileSync(join(cwd, 'sub/.env.example'), 'utf8')).toContain('APP_EU_URL=');
  });

  it('says what is wrong with its options', async () => {
    for (const args of [
      ['--migrator', 'x'],
      ['--sql', 'folder'],
      ['--connection', 'Bad Name'],
      ['--sql', '--reader', 'x\n; DROP TABLE y; --'],
      ['--sql', '--owner', 'x'.repeat(64)],
    ]) {
      const end = await runMain(['init', ...args, '--json'], { cwd: makeFolder({}) });
      expect([args, end.code]).toEqual([args, 2]);
    }
  });
});

describe('bfm init --sql', () => {
  const TREE = {
    'postgresql/core/20250101000000_create_users.up.sql':
      '-- bfm: schema=shop\nCREATE TABLE shop.users (id int);\n',
    'postgresql/core/20250101000000_create_users.down.sql': 'DROP TABLE shop.users;\n',
    'postgresql/core/20250102000000_index.up.sql':
      '-- bfm: schema=shop, transaction=none\nCREATE INDEX CONCURRENTLY users_id ON shop.users (id);\n',
    'postgresql/core/20250102000000_index.down.sql':
      '-- bfm: transaction=none\nDROP INDEX CONCURRENTLY shop.users_id;\n',
  };

  it('gives logins that may create nothing in the database all they need', async () => {
    const sfm = makeFolder(TREE);
    await db.query(`CREATE SCHEMA shop AUTHORIZATION ${migrator}; GRANT USAGE ON SCHEMA shop TO ${reader}`);
    const as = (role: string, ...args: readonly string[]): Promise<End> =>
      runMain([...args, '--sfm', sfm], { env: { CORE_BACKEND: 'postgresql', CORE_URL: urlOf(role) } });
    const denied = await as(migrator, 'up', '--json');
    expect(denied.code).toBe(8);
    const { code, next = '' } = parseError(denied);
    expect(code).toBe('target.denied');
    expect(next).toContain(`bfm init --sql --migrator ${migrator}`);
    const sql = await runMain(['init', '--sql', '--migrator', migrator, '--reader', reader]);
    expect(sql).toMatchObject({ code: 0, stderr: '' });
    await db.query(sql.stdout);

    expect((await as(migrator, 'doctor')).code).toBe(0);
    expect((await as(migrator, 'up')).stdout).toContain('Applied 2 migrations on 1 target');
    expect((await as(migrator, 'down', '--all')).stdout).toContain('Rolled back 2 migrations');
    expect((await as(migrator, 'up')).code).toBe(0);
    const why = ['--reason', 'because', '--migration', 'create_users'];
    expect((await as(migrator, 'repair', 'mark-pending', ...why)).code).toBe(0);
    expect((await as(migrator, 'repair', 'mark-applied', ...why)).code).toBe(0);
    expect((await as(migrator, 'target', 'drop', 'core/shop', '--yes')).code).toBe(0);

    expect((await as(reader, 'status')).stdout).toMatch(/shop +0 +2/);
    expect((await as(reader, 'history')).code).toBe(0);
    expect((await as(reader, 'plan')).code).toBe(0);
    const up = await as(reader, 'up', '--json');
    expect(up.code).toBe(8);
    expect(parseError(up).code).toBe('target.denied');
    const doctor = await as(reader, 'doctor', '--json');
    expect(doctor.code).toBe(6);
    expect(doctor.stdout).toContain('ledger.rights_lacking');
  });

  it('is a document with --json', async () => {
    const { stdout } = await runMain(['init', '--sql', '--json']);
    expect(parseDocument(stdout)['sql']).toContain('CREATE SCHEMA bfm;');
  });
});

describe('bfm new', () => {
  const files = (folder: string): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(sql|json)$/.test(file))
      .sort();

  it('makes a pair with a version of now, which works once it is filled', async () => {
    const cwd = makeFolder({});
    const before = new Date().toISOString().slice(0, 16).replace(/\D/g, '');
    const end = await runMain(['new', 'add users', '--connection', 'core', '--schema', 'my shop'], { cwd });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const [down = '', up = ''] = files(join(cwd, 'sfm'));
    expect(up).toMatch(/^postgresql\/core\/\d{14}_add_users\.up\.sql$/);
    expect(up.slice(16, 28) >= before).toBe(true);
    expect(down).toBe(up.replace('.up.', '.down.'));
    const around = { cwd, env: { CORE_BACKEND: 'postgresql', CORE_URL: db.url } };
    const empty = await runMain(['plan', '--json'], around);
    expect(parseError(empty).code).toBe('migration.empty');
    const file = join(cwd, 'sfm', up);
    writeFileSync(file, `${readFileSync(file, 'utf8')}CREATE TABLE users (id int);\n`);
    writeFileSync(
      join(cwd, 'sfm', down),
      `${readFileSync(join(cwd, 'sfm', down), 'utf8')}DROP TABLE users;\n`,
    );
    const plan = await runMain(['plan', '--json'], around);
    expect(plan.stderr).toBe('');
    expect(parseDocument(plan.stdout)).toMatchObject({ steps: [{ schema: 'my shop' }], warnings: [] });
  });

  it('comes behind the latest version there is, in any connection, and even behind the future', async () => {
    const cwd = makeFolder({
      'sfm/postgresql/a/20991231235959_x.up.sql': '',
      'sfm/postgresql/b/20250101000000_y.up.sql': '',
    });
    await runMain(['new', 'z', '--connection', 'b'], { cwd });
    expect(existsSync(join(cwd, 'sfm/postgresql/b/21000101000000_z.up.sql'))).toBe(true);
  });

  it('knows the one connection there is, and asks where there are several', async () => {
    const cwd = makeFolder({ 'sfm/postgresql/a/20250101000000_x.up.sql': '' });
    expect((await runMain(['new', 'y', '--transaction', 'none'], { cwd })).code).toBe(0);
    const [down = '', up = ''] = files(join(cwd, 'sfm/postgresql/a')).filter((file) => file.includes('_y.'));
    for (const file of [down, up]) {
      expect(readFileSync(join(cwd, 'sfm/postgresql/a', file), 'utf8')).toMatch(
        /^-- bfm: transaction=none\n/,
      );
    }
    writeFiles(cwd, { 'sfm/postgresql/b/20250101000000_x.up.sql': '' });
    const end = await runMain(['new', 'z', '--json'], { cwd });
    expect(end.code).toBe(2);
    expect(parseError(end).message).toContain('there are a, b');
  });

  it('refuses a name that is taken or that files cannot bear, and writes nothing', async () => {
    const cwd = makeFolder({ 'sfm/postgresql/a/20250101000000_x.up.sql': '' });
    for (const name of ['x', '../y', '', '_z', 'a/b']) {
      expect([name, (await runMain(['new', name], { cwd })).code]).toEqual([name, 2]);
    }
    expect(files(cwd)).toEqual(['sfm/postgresql/a/20250101000000_x.up.sql']);
  });

  it('makes JSON for etcd', async () => {
    const cwd = makeFolder({});
    const { stdout } = await runMain(
      ['new', 'flags', '--connection', 'metadata', '--backend', 'etcd', '--json'],
      { cwd },
    );
    expect(
      (parseDocument(stdout)['files'] as readonly string[]).map((file) => file.replace(/\d{14}/, 'V')),
    ).toEqual(['sfm/etcd/metadata/V_flags.up.json', 'sfm/etcd/metadata/V_flags.down.json']);
  });
});
