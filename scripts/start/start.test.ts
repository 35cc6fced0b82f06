import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/**
 * Stands in for the command line tool, and for the server that it starts: applying `core` makes the tables that the demo's
 * rows go into, from the real migrations.
 */
const FAKE_CLI = `
const { readFileSync } = require('node:fs');
const http = require('node:http');
const pg = require('pg');
const args = process.argv.slice(2).join(' ');
console.error('bfm was called: ' + args);
if (args === process.env.FAKE_FAILING) process.exit(6);
if (args === 'serve') serve();

function serve() {
  process.on('disconnect', () => process.exit(1));
  process.on('SIGTERM', () => process.exit(0));
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { connection, schemas } = JSON.parse(body);
    console.error('bfm was asked: ' + [connection, ...schemas].join(' '));
    if (connection === process.env.FAKE_HANGING) return;
    const errors = connection === process.env.FAKE_ERROR ? ['it cannot be'] : [];
    if (connection === 'core') await makeTables();
    const isKnown = request.headers.authorization === 'Bearer ' + readFileSync(process.env.BFM_API_TOKEN_FILE, 'utf8');
    response.writeHead(isKnown ? 200 : 401);
    response.end(JSON.stringify({ success: errors.length === 0, applied: [], skipped: [], errors }));
  });
  server.listen(0, '127.0.0.1', () =>
    console.log(JSON.stringify({ http: server.address().port, grpc: 9090, msg: 'listening' })));
}

async function makeTables() {
const client = new pg.Client(process.env.CORE_URL);
await client.connect();
const { rows } = await client.query("SELECT to_regclass('core.environments') AS found");
if (rows[0].found === null) {
  await client.query('CREATE SCHEMA core');
  for (const name of [
    '20250106090000_create_set_updated_at_function',
    '20250106091500_create_regions',
    '20250106093000_create_organizations',
    '20250113100000_create_environments',
    '20250115140000_seed_regions',
  ]) await client.query(readFileSync('sfm/postgresql/core/' + name + '.up.sql', 'utf8'));
}
await client.end();
}
`;

let root: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(process.env['BFM_TEST_FOLDER'] ?? '/tmp', 'bfm-start-test-'));
  await chmod(root, 0o755);
  await mkdir(join(root, 'scripts'));
  await mkdir(join(root, 'apps', 'cli', 'bin'), { recursive: true });
  await cp(join(REPOSITORY, 'scripts', 'start.ts'), join(root, 'scripts', 'start.ts'));
  await cp(join(REPOSITORY, 'scripts', 'start'), join(root, 'scripts', 'start'), { recursive: true });
  await cp(join(REPOSITORY, 'sfm'), join(root, 'sfm'), { recursive: true });
  await cp(join(REPOSITORY, 'package.json'), join(root, 'package.json'));
  await writeFile(join(root, 'scripts', 'build.ts'), '');
  await writeFile(join(root, 'apps', 'cli', 'bin', 'bfm.cjs'), FAKE_CLI);
  await symlink(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(end));
  await rm(root, { recursive: true, force: true });
});

interface Demo {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly code: Promise<number | null>;
}

function start(environment: Readonly<Record<string, string>> = {}): Demo {
  const child = spawn(process.execPath, [join(root, 'scripts', 'start.ts')], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: root, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  }
  return { child, text: () => text, code: once(child, 'close').then(([code]) => code as number | null) };
}

async function shows(demo: Demo, text: string): Promise<void> {
  const seen = (): boolean => demo.text().includes(text) || demo.child.exitCode !== null;
  await vi.waitUntil(seen, { timeout: 40_000, interval: 20 });
  expect(demo.text()).toContain(text);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}

function serverPid(demo: Demo): number {
  return Number(/pid (\d+)/.exec(demo.text())?.[1]);
}

async function expectGone(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(1);
  const gone = (): boolean => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  };
  await vi.waitUntil(gone, { timeout: 20_000, interval: 20 });
}

async function environments(): Promise<readonly string[]> {
  const settings = parseEnv(await readFile(join(root, '.bfm', 'env'), 'utf8'));
  const client = new Client({ connectionString: settings['CORE_URL'] });
  await client.connect();
  try {
    const sql = settings['ORGANIZATION_TENANTS_QUERY'] ?? '';
    const { rows } = await client.query<{ schema_name: string }>(sql);
    return rows.map((row) => row.schema_name);
  } finally {
    await client.end();
  }
}

test('the demo comes up, refuses a second one, stops cleanly and goes on with its data', async () => {
  const first = start();
  await shows(first, 'Running until Ctrl-C');
  const calls = first.text().match(/^bfm was (?:called|asked): .*$/gm);
  expect(calls).toEqual([
    'bfm was called: serve',
    'bfm was asked: core',
    'bfm was asked: guard',
    'bfm was asked: organization cli_decaf_01 cli_decaf_02',
    'bfm was called: status',
  ]);
  const token = await readFile(join(root, '.bfm', 'token'), 'utf8');
  expect((await stat(join(root, '.bfm', 'token'))).mode & 0o777).toBe(0o600);
  expect(first.text()).toMatch(/HTTP +http:\/\/127\.0\.0\.1:\d+/);
  expect(first.text()).toContain(`admin token  ${token}`);
  expect((await stat(join(root, '.bfm', 'env'))).mode & 0o777).toBe(0o600);
  expect(await environments()).toEqual(['cli_decaf_01', 'cli_decaf_02']);
  const password = await readFile(join(root, '.bfm', 'postgres', 'password'), 'utf8');
  expect(first.text()).not.toContain(password);

  const second = start();
  expect(await second.code).toBe(5);
  expect(second.text()).toMatch(
    new RegExp(`running already: PostgreSQL has pid ${String(serverPid(first))} and port \\d+`),
  );

  first.child.kill('SIGINT');
  expect(await first.code).toBe(0);
  expect(first.text()).toContain('PostgreSQL is stopped; nothing is left running.');
  await expectGone(serverPid(first));

  const third = start();
  await shows(third, 'Running until Ctrl-C');
  expect(await environments()).toEqual(['cli_decaf_01', 'cli_decaf_02']);
  expect(await readFile(join(root, '.bfm', 'postgres', 'password'), 'utf8')).toBe(password);
  expect(third.text()).toContain(`admin token  ${token}`);
});

test('an interruption in the middle of a migration leaves no process', async () => {
  const demo = start({ FAKE_HANGING: 'organization' });
  await shows(demo, 'bfm was asked: organization');
  demo.child.kill('SIGTERM');
  expect(await demo.code).toBe(130);
  await expectGone(serverPid(demo));
});

test('a failing command ends the demo with its exit code and leaves no process', async () => {
  const demo = start({ FAKE_FAILING: 'serve' });
  expect(await demo.code).toBe(6);
  expect(demo.text()).toContain('"npx bfm serve" ended with exit code 6');
  await expectGone(serverPid(demo));
});

test('a migration that fails ends the demo, says why and leaves no process', async () => {
  const demo = start({ FAKE_ERROR: 'guard' });
  expect(await demo.code).toBe(1);
  expect(demo.text()).toContain('it cannot be');
  await expectGone(serverPid(demo));
});

test('a kill with SIGKILL leaves no process', async () => {
  const demo = start();
  await shows(demo, 'Running until Ctrl-C');
  demo.child.kill('SIGKILL');
  await expectGone(serverPid(demo));
});
