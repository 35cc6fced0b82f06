import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { useTestDatabase, until } from '@bfm/testing';
import { beforeEach, expect, it } from 'vitest';
import { makeFolder, parseDocument, runMain, startMain, type Running } from './run-main.ts';

const db = await useTestDatabase(15);
const env = { APP_BACKEND: 'postgresql', APP_URL: db.url };
/** A statement that goes on as soon as the gate is open. */
const WAIT_AT_GATE = `DO $$ BEGIN
  WHILE NOT (SELECT is_open FROM public.gate) LOOP PERFORM pg_sleep(0.02); END LOOP;
END $$;`;

const SOME_NUMBER: unknown = expect.any(Number);

let sfm = '';

beforeEach(async () => {
  sfm = makeFolder({
    'postgresql/app/20250101000000_first.up.sql': 'CREATE TABLE first (id int);',
    'postgresql/app/20250102000000_slow.up.sql': `CREATE TABLE slow (id int);\n${WAIT_AT_GATE}`,
    'postgresql/app/20250103000000_last.up.sql': 'CREATE TABLE last (id int);',
  });
  await db.query(
    'DROP SCHEMA IF EXISTS bfm, one CASCADE; DROP TABLE IF EXISTS gate; CREATE TABLE gate AS SELECT false AS is_open',
  );
});

function startUp(...args: readonly string[]): Running {
  return startMain(['up', '--schema', 'one', '--sfm', sfm, ...args], { env });
}

/** A server that never says a word. */
async function listen(): Promise<{ readonly port: number; readonly connections: number } & AsyncDisposable> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return sockets.length;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Waits until the migration waits at the gate. */
async function atTheGate(): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const sessions = await db.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'DO %' AND state = 'active'",
    );
    return sessions.length > 0;
  };
  await until(isThere, { what: 'the slow migration to wait', timeoutMs: 30_000 });
}

async function openGate(): Promise<void> {
  await db.query('UPDATE gate SET is_open = true');
}

async function said(running: Running, text: string): Promise<void> {
  await until(() => running.said().includes(text), { what: `“${text}”` });
}

async function tables(): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'one' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
}

it.each(['SIGINT', 'SIGTERM'] as const)(
  'finishes the running migration on the first %s, begins no other, and says how to go on',
  async (signal) => {
    const running = startUp();
    await atTheGate();
    running.child.kill(signal);
    await said(running, 'Stopping when the running migrations are done');
    const grace = 'what still runs in 20 s is cancelled (BFM_STOP_GRACE)';
    expect(running.said().includes(grace)).toBe(signal === 'SIGTERM');
    await openGate();
    const end = await running.ended;
    expect(end.code).toBe(1);
    expect(end.stdout).toContain('Stopped. Applied 2 of 3 migrations on 1 target');
    expect(end.stdout).toContain('1 not started because the run was stopped');
    expect(end.stdout).toContain(`next: bfm up --sfm ${sfm} --schema one`);
    expect(await tables()).toEqual(['first', 'slow']);
    expect((await runMain(['up', '--schema', 'one', '--sfm', sfm], { env })).code).toBe(0);
    expect(await tables()).toEqual(['first', 'last', 'slow']);
  },
);

it('cancels the running statement on the second, and leaves nothing of its migration', async () => {
  const running = startUp();
  await atTheGate();
  running.child.kill('SIGINT');
  await said(running, 'Stopping');
  running.child.kill('SIGINT');
  await said(running, 'Cancelling');
  const end = await running.ended;
  expect(end.code).toBe(1);
  expect(end.stdout).toContain('Cancelled. Applied 1 of 3 migrations');
  expect(end.stdout).toContain('nothing of it left behind');
  expect(await tables()).toEqual(['first']);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'says at %s before a plan is made what was interrupted and that nothing was changed',
  async (signal) => {
    await using silent = await listen();
    const url = `postgres://u:p@127.0.0.1:${silent.port}/none`;
    const running = startMain(['up', '--schema', 'one', '--sfm', sfm], { env: { ...env, APP_URL: url } });
    await until(() => silent.connections > 0, { what: 'it to connect' });
    running.child.kill(signal);
    const { stdout, stderr } = await running.ended;
    expect(stderr).toBe(
      `Interrupted while connecting to 127.0.0.1:${silent.port}/none; nothing was changed.\n`,
    );
    expect(stdout).toBe('');
    expect(running.child.signalCode).toBe(signal);
  },
);

it('gives the whole result as JSON when it was stopped', async () => {
  const running = startUp('--json');
  await atTheGate();
  running.child.kill('SIGINT');
  await until(() => running.child.exitCode === null, { what: 'the signal to be taken' });
  await openGate();
  const end = await running.ended;
  expect(end).toMatchObject({ stderr: '' });
  expect(parseDocument(end.stdout)).toMatchObject({
    steps: [{ outcome: 'applied' }, { outcome: 'applied' }, {}],
  });
});

it('waits for another run, names it, and exits 5 when it does not end', async () => {
  const first = startUp();
  await atTheGate();
  const second = startUp('--lock-wait', '200ms');
  const end = await second.ended;
  expect(end.code).toBe(5);
  expect(end.stdout).toMatch(/waiting for app\/one, held by .*@/);
  expect(end.stdout).toContain('error[target.locked]');
  expect(end.stdout).toMatch(/; 1 target is held by \S+@[^\s(]+\.$/m);
  const asJson = await startUp('--lock-wait', '0s', '--json').ended;
  expect(parseDocument(asJson.stdout)).toMatchObject({
    steps: [{ error: { code: 'target.locked' } }, { outcome: 'not_started' }],
    summary: { failed: 0, not_started: 2 },
  });
  expect(asJson.stdout.match(/waited 0 s/g)).toHaveLength(2);
  await openGate();
  expect((await first.ended).code).toBe(0);
});

it('finishes its work and ends quietly when nobody reads any more', async () => {
  const running = startUp();
  await atTheGate();
  running.child.stdout?.destroy();
  await openGate();
  const end = await running.ended;
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(await tables()).toEqual(['first', 'last', 'slow']);
});

it('status shows that a run holds a target, as long as it does', async () => {
  const running = startUp();
  await atTheGate();
  const { stdout } = await runMain(['status', '--sfm', sfm], { env });
  expect(stdout).toContain('under way');
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/held by \S+@\S+ \(pid \d+, run [0-9a-f-]{36}\) in one/);
  const told = await runMain(['status', '--sfm', sfm, '--json'], { env });
  expect(parseDocument(told.stdout)).toMatchObject({
    targets: [{ schema: 'one', held_by: { seconds: SOME_NUMBER } }],
  });
  await openGate();
  expect((await running.ended).code).toBe(0);
  const after = await runMain(['status', '--sfm', sfm, '--json'], { env });
  expect(parseDocument(after.stdout)).toMatchObject({ targets: [{ schema: 'one', held_by: null }] });
});
