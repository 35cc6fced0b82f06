import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bundledBinaries, startEmbeddedPostgres, type EmbeddedPostgres } from '../src/index.ts';
import { answerOf, endLauncher, isAlive, spawnLauncher, waitUntilGone } from './launching.ts';

const binaries = await bundledBinaries();
const FAST = { fsync: 'off' };
const started: EmbeddedPostgres[] = [];
let parent: string;

beforeEach(async () => {
  // A place that root's server can reach, so that these tests are the same for everybody.
  parent = await mkdtemp(join(process.env['BFM_TEST_FOLDER'] ?? '/tmp', 'bfm-embedded-test-'));
  await chmod(parent, 0o755);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(started.splice(0).map((server) => server.stop()));
  await rm(parent, { recursive: true, force: true });
});

async function start(
  options: { port?: number; settings?: Record<string, string> } = {},
): Promise<EmbeddedPostgres> {
  const storage = { kind: 'persistent', directory: join(parent, 'postgres') } as const;
  const server = await startEmbeddedPostgres({
    binaries,
    storage,
    ...options,
    settings: { ...FAST, ...options.settings },
  });
  started.push(server);
  return server;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: unknown }>(sql);
    return rows[0]?.answer;
  } finally {
    await client.end();
  }
}

describe('a persistent server', () => {
  test('keeps its data, password and port between starts', async () => {
    const first = await start();
    await ask(first.url(), 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await start();
    expect(second.port).toBe(first.port);
    expect(second.password).toBe(first.password);
    expect(await ask(second.url(), 'SELECT answer FROM kept')).toBe(42);
  });

  test('is UTF-8, sorts by code point, refuses a wrong password and listens on the loopback address only', async () => {
    const server = await start();
    expect(await ask(server.url(), `SELECT current_setting('server_encoding') AS answer`)).toBe('UTF8');
    expect(await ask(server.url(), `SELECT 'Z' < 'a' AS answer`)).toBe(true);
    expect(await ask(server.url(), `SELECT current_setting('listen_addresses') AS answer`)).toBe('127.0.0.1');
    expect(await ask(server.url(), `SELECT current_setting('unix_socket_directories') AS answer`)).toBe('');
    const wrong = server.url().replace(server.password, 'wrong');
    await expect(ask(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  test('keeps the password in a file that only its owner can read, and no other copy', async () => {
    const server = await start();
    const file = join(server.directory, 'password');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe(server.password);
    expect(await readdir(join(server.directory, 'cluster'))).toEqual(['data']);
    expect(await readFile(server.logFile, 'utf8')).not.toContain(server.password);
  });

  test('takes another port when the one used before is taken', async () => {
    const first = await start();
    await first.stop();
    const squatter = createServer().listen(first.port, '127.0.0.1');
    try {
      const second = await start();
      expect(second.port).not.toBe(first.port);
    } finally {
      squatter.close();
    }
  });

  test('says who runs already, by pid and port, and leaves that one alone', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({
      code: 'embedded.already_running',
      pid: first.pid,
      port: first.port,
    });
    expect(await ask(first.url(), 'SELECT 1 AS answer')).toBe(1);
  });

  test('lets only one of two concurrent first starts win', async () => {
    const outcomes = await Promise.allSettled([start(), start()]);
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost.map(({ reason }) => (reason as { code: string }).code)).toEqual(['embedded.already_running']);
    expect(await ask(started[0]?.url() ?? '', 'SELECT 1 AS answer')).toBe(1);
    expect(await readdir(join(parent, 'postgres', 'cluster'))).toEqual(['data']);
  });

  test('is started once by two processes at the same moment; the other waits and is told who runs', async () => {
    const storage = { kind: 'persistent', directory: join(parent, 'postgres') } as const;
    const launchers = [1, 2].map(() => spawnLauncher({ server: { storage, settings: FAST } }));
    const answers = await Promise.all(launchers.map(answerOf));
    expect(answers.map(({ error }) => error).sort()).toEqual(['AlreadyRunningError', undefined]);
    expect(await readdir(join(storage.directory, 'cluster'))).toEqual(['data']);
    const log = await readFile(join(storage.directory, 'server.log'), 'utf8');
    expect(log.match(/^The files belonging to this database system/gm)).toHaveLength(1);
    await Promise.all(launchers.map(endLauncher));
  });

  test('starts again after its postmaster was killed', async () => {
    const first = await start();
    await ask(first.url(), 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await start();
    expect(await ask(second.url(), 'SELECT answer FROM kept')).toBe(42);
  });

  test('is not held up by a stale postmaster.pid whose number belongs to somebody else now', async () => {
    const first = await start();
    const file = join(first.directory, 'cluster', 'data', 'postmaster.pid');
    const left = await readFile(file, 'utf8');
    await first.stop();
    await writeFile(file, left.replace(/^\d+/, String(process.pid)));
    const second = await start();
    expect(await ask(second.url(), 'SELECT 1 AS answer')).toBe(1);
  });

  test('reports the end of its log when a setting is wrong', async () => {
    await expect(start({ settings: { shared_buffers: 'plenty' } })).rejects.toMatchObject({
      code: 'embedded.start_failed',
      message: expect.stringContaining('invalid value for parameter "shared_buffers"') as string,
    });
  });

  test('fails when the port it must have is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await vi.waitUntil(() => squatter.listening);
    const { port } = squatter.address() as { port: number };
    try {
      await expect(start({ port })).rejects.toMatchObject({
        code: 'embedded.start_failed',
        message: expect.stringContaining('could not bind') as string,
      });
    } finally {
      squatter.close();
    }
  });
});

describe('an ephemeral server', () => {
  test('leaves neither process nor file after stop', async () => {
    await using server = await startEmbeddedPostgres({
      binaries,
      storage: { kind: 'ephemeral' },
      settings: FAST,
    });
    expect(await ask(server.url(), 'SELECT 1 AS answer')).toBe(1);
    const memory = `SELECT current_setting('dynamic_shared_memory_type') AS answer`;
    expect(await ask(server.url(), memory)).toBe('mmap');
    await server.stop();
    await waitUntilGone(server.pid);
    await expect(stat(server.directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('leaves no file when it cannot start', async () => {
    const temporary = join(parent, 'tmp');
    await mkdir(temporary);
    await chmod(temporary, 0o1777);
    vi.stubEnv('TMPDIR', temporary);
    const storage = { kind: 'ephemeral' } as const;
    const failing = startEmbeddedPostgres({ binaries, storage, settings: { shared_buffers: 'plenty' } });
    await expect(failing).rejects.toMatchObject({
      message: expect.stringContaining('shared_buffers') as string,
    });
    expect(await readdir(temporary)).toEqual([]);
  });
});
