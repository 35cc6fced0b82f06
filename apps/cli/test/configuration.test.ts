import { join } from 'node:path';
import { expect, it } from 'vitest';
import { useTestDatabase } from '@bfm/testing';
import { makeFolder, parseDocument, parseError, runMain, writeFiles, type End } from './run-main.ts';

const db = await useTestDatabase(18);
const SECRET = 'c4n4ry';

const MIGRATION = {
  'sfm/postgresql/core/20250101000000_one.up.sql': '-- bfm: schema=core\nCREATE TABLE one (id int);\n',
};

/** The test database's address, without the password. */
function urlWithoutPassword(): string {
  const url = new URL(db.url);
  url.password = '';
  return url.href;
}

const password = decodeURIComponent(new URL(db.url).password);

function targetsOf({ stdout }: End): unknown {
  return (parseDocument(stdout)['targets'] as readonly { readonly connection: string }[]).map(
    ({ connection }) => connection,
  );
}

it('comes from bfm.yaml of the folder, with the password from a file beside it', async () => {
  const folder = makeFolder({
    ...MIGRATION,
    'bfm.yaml': `connections:
  core:
    backend: postgresql
    url: ${urlWithoutPassword()}
    database:
      password_file: secrets/core
`,
    'secrets/core': `${password}\n`,
    '.bfm/env': 'DEMO_BACKEND=postgresql\nDEMO_URL=postgres://nobody@localhost:1/none\n',
  });
  const end = await runMain(['status', '--json'], { cwd: folder });
  expect(end.code).toBe(0);
  expect(targetsOf(end)).toEqual(['core']);
});

it('comes from the file after --config, whose paths start at its folder, and a variable goes before it', async () => {
  const folder = makeFolder({
    'elsewhere/bfm.yaml': 'sfm: ./sfm\nconnections:\n  core:\n    backend: postgresql\n    url_file: url\n',
    'elsewhere/url': `${db.url}\n`,
  });
  writeFiles(join(folder, 'elsewhere'), MIGRATION);
  const args = ['status', '--json', '--config', 'elsewhere/bfm.yaml'];
  expect((await runMain(args, { cwd: folder })).code).toBe(0);
  const other = await runMain(args, { cwd: folder, env: { CORE_URL: 'postgres://u@localhost:1/nowhere' } });
  expect(other.code).toBe(8);
  expect(other.stdout + other.stderr).toContain('localhost:1/nowhere');
  const sfm = await runMain([...args, '--sfm', 'none'], { cwd: folder });
  expect(parseError(sfm).code).toBe('source.missing');
});

it('names every fault of bfm.yaml with its place, and the variables’, and repeats no value', async () => {
  const folder = makeFolder({
    ...MIGRATION,
    'bfm.yaml': `connections:
  core:
    backend: postgres
    url: postgres://me:a/${SECRET}@localhost/d
    pooled: ${SECRET}
    shema: ${SECRET}
    database:
      password: ${SECRET}
      password_file: x
`,
  });
  const env = { CORE_POOLD: SECRET, BFM_LOCK_WAIT: SECRET };
  const end = await runMain(['status'], { cwd: folder, env });
  expect(end.code).toBe(2);
  expect(end.stdout + end.stderr).not.toContain(SECRET);
  for (const text of [
    'bfm.yaml:3:14',
    'did you mean postgresql?',
    'bfm.yaml:4:10',
    'write / as %2F',
    'bfm.yaml:5:13',
    'did you mean schema?',
    'bfm.yaml:9:22',
    'CORE_POOLD',
    'BFM_LOCK_WAIT',
  ]) {
    expect(end.stderr).toContain(text);
  }
  const json = await runMain(['status', '--json'], { cwd: folder, env });
  expect(json.stdout + json.stderr).not.toContain(SECRET);
  expect(parseError(json).code).toBe('config.invalid');
});

it.each([
  { what: 'is not there', files: {}, args: ['--config', 'none.yaml'], text: 'it does not exist' },
  { what: 'is a folder', files: {}, args: ['--config', 'sfm'], text: 'it is a folder' },
  { what: 'is no YAML', files: { 'bfm.yaml': `a: "${SECRET}` }, args: [], text: 'bfm.yaml:1' },
  { what: 'has tabs', files: { 'bfm.yaml': `a:\n\tb: ${SECRET}\n` }, args: [], text: 'bfm.yaml:2:1' },
  { what: 'says nothing', files: { 'bfm.yaml': '# later\n' }, args: [], text: 'bfm.yaml has no connections' },
])('that $what is refused', async ({ files, args, text }) => {
  const folder = makeFolder({ ...MIGRATION, ...files });
  const end = await runMain(['status', ...args], { cwd: folder });
  expect(end.code).toBe(2);
  expect(end.stderr).toContain(text);
  expect(end.stdout + end.stderr).not.toContain(SECRET);
});

it.each([
  { what: 'environment file', args: ['status', '--env-file', '/dev/zero'], env: {} },
  { what: 'plan', args: ['up', '--plan', '/dev/zero'], env: {} },
  { what: 'list of schemas', args: ['status', '--schemas-from', '/dev/zero'], env: {} },
  { what: 'setting', args: ['status'], env: { CORE_URL_FILE: '/dev/zero' } },
])('that a device is no $what: it might never end', async ({ args, env }) => {
  const url = 'CORE_URL_FILE' in env ? {} : { CORE_URL: 'postgres://u@localhost/d' };
  const all = { CORE_BACKEND: 'postgresql', ...url, ...env };
  const end = await runMain(args, { cwd: makeFolder(MIGRATION), env: all });
  expect(end.code).toBe(2);
  expect(end.stderr).toContain('it is a device');
});

it('says which variable is missing when only a URL is set', async () => {
  const folder = makeFolder(MIGRATION);
  const end = await runMain(['status'], { cwd: folder, env: { CORE_URL: `postgres://u:${SECRET}@h/d` } });
  expect(end.code).toBe(2);
  expect(end.stderr).toContain('CORE_URL is set: set CORE_BACKEND=postgresql, too');
  expect(end.stdout + end.stderr).not.toContain(SECRET);
});

it('warns of TLS to another machine that verifies nobody, before it goes there', async () => {
  const folder = makeFolder(MIGRATION);
  const env = { CORE_BACKEND: 'postgresql', CORE_URL: 'postgres://u@db.invalid/d?sslmode=require' };
  const end = await runMain(['status'], { cwd: folder, env });
  expect(end.code).toBe(8);
  expect(end.stderr).toContain('checks neither its name nor its certificate');
});

it('sets what runs do unless an option says otherwise', async () => {
  const folder = makeFolder({
    ...MIGRATION,
    'bfm.yaml': `run:\n  statement_timeout: 1ms\nconnections:\n  core:\n    backend: postgresql\n    url: ${db.url}\n`,
    'sfm/postgresql/core/20250102000000_slow.up.sql': '-- bfm: schema=core\nSELECT pg_sleep(0.2);\n',
  });
  const slow = await runMain(['up', '--json', '--yes'], { cwd: folder });
  expect(slow.code).toBe(1);
  const quick = await runMain(['up', '--json', '--yes', '--statement-timeout', '10s'], { cwd: folder });
  expect(quick.code).toBe(0);
});
