import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { quoteWord } from '@bfm/core';
import { until, useTestDatabase } from '@bfm/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, runMain, type End } from './run-main.ts';

const LAUNCHER = join(import.meta.dirname, '../bin/bfm.cjs');
const TREE = {
  'postgresql/core/20250101000000_create_users.up.sql':
    '-- bfm: schema=shop\nCREATE TABLE shop.users (id int);\n',
  'postgresql/tenant/20250101000000_create_orders.up.sql': 'CREATE TABLE orders (id int);\n',
};

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

/** Runs a command on a terminal on which somebody types an answer as soon as a question is asked. */
async function answered(answer: string, ...args: readonly string[]): Promise<Pick<End, 'code' | 'stdout'>> {
  const command = [process.execPath, '--', LAUNCHER, ...args, '--sfm', sfm].map(quoteWord).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...env, PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', TERM: 'dumb' },
    stdio: 'pipe',
  });
  let stdout = '';
  let isAnswered = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (isAnswered || !/(?:\[y\/N\]|drop it:|\(\d+\):) /.test(stdout)) return;
    isAnswered = true;
    child.stdin.write(`${answer}\n`);
  });
  await once(child, 'close');
  expect(isAnswered).toBe(true);
  return { code: child.exitCode, stdout };
}

const bfm = (...args: readonly string[]): Promise<End> => runMain([...args, '--sfm', sfm], { env });

async function count(sql: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql);
  return row?.n ?? -1;
}

describe.runIf(process.platform === 'linux')('on a terminal', () => {
  it('a baseline asks, and takes no for an answer', async () => {
    await db.query('CREATE SCHEMA shop; CREATE TABLE shop.users (id int)');
    const args = ['baseline', '--connection', 'core', '--all'];
    const no = await answered('n', ...args);
    expect(no.code).toBe(6);
    expect(no.stdout).toContain('Nothing was changed.');
    expect(await count("SELECT count(*)::int AS n FROM pg_namespace WHERE nspname = 'bfm'")).toBe(0);
    const yes = await answered('y', ...args);
    expect(yes.code).toBe(0);
    expect(yes.stdout).toContain('Changed 1 ledger entry on 1 target.');
  });

  it('a repair asks', async () => {
    await bfm('up', '--connection', 'core');
    const args = ['repair', 'mark-pending', '--migration', 'create_users', '--reason', 'because'];
    expect((await answered('', ...args)).code).toBe(6);
    expect((await answered('yes', ...args)).code).toBe(0);
    expect((await bfm('status', '--connection', 'core')).stdout).toMatch(/shop +0 +1/);
  });

  it('ending a lock asks, and takes no for an answer', async () => {
    await bfm('up', '--connection', 'core');
    // A holder as the server sees it; its end is the test's own doing.
    const holder = db
      .query("SELECT pg_advisory_lock(hashtextextended('bfm shop', 0)), pg_sleep(600)")
      .catch(() => 'ended');
    const id = await until(async () => /shop@\d+/.exec((await bfm('lock', 'list')).stdout)?.[0], {
      what: 'the target to be held',
    });
    const args = ['lock', 'release', `core/${id}`, '--reason', 'because'];
    const no = await answered('n', ...args);
    expect(no).toMatchObject({ code: 6 });
    expect(no.stdout).toContain('Nothing was changed.');
    expect(await bfm(...args)).toMatchObject({ code: 2 });
    expect((await bfm('lock', 'list')).stdout).toContain(id);
    expect(await answered('y', ...args)).toMatchObject({ code: 0 });
    expect(await holder).toBe('ended');
    expect((await bfm('lock', 'list')).stdout).toContain('Nothing is held.');
  });

  it('dropping a tenant wants its name typed, and nothing else will do', async () => {
    await bfm('up', '--connection', 'tenant', '--schema', 'cli_a', '--schema', 'cli_b');
    for (const answer of ['y', 'cli_b', 'CLI_A', '']) {
      expect([answer, (await answered(answer, 'target', 'drop', 'tenant/cli_a')).code]).toEqual([answer, 6]);
    }
    expect(await count("SELECT count(*)::int AS n FROM pg_namespace WHERE nspname LIKE 'cli_%'")).toBe(2);
    expect((await answered('cli_a', 'target', 'drop', 'tenant/cli_a')).code).toBe(0);
    expect(await count("SELECT count(*)::int AS n FROM pg_namespace WHERE nspname LIKE 'cli_%'")).toBe(1);
  });

  it('dropping several wants to know how many', async () => {
    await bfm('up', '--connection', 'tenant', '--schema', 'cli_a', '--schema', 'cli_b');
    const args = ['target', 'drop', 'tenant/cli_a', 'tenant/cli_b'];
    expect((await answered('cli_a', ...args)).code).toBe(6);
    expect((await answered('2', ...args)).code).toBe(0);
    expect(await count("SELECT count(*)::int AS n FROM pg_namespace WHERE nspname LIKE 'cli_%'")).toBe(0);
  });
});
