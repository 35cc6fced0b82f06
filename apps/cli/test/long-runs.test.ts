import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { until, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { beforeEach, expect, it } from 'vitest';
import { makeFolder, runMain, startMain } from './run-main.ts';

const LAUNCHER = join(import.meta.dirname, '../bin/bfm.cjs');

const db = await useTestDatabase(18);
const env = { CORE_BACKEND: 'postgresql', CORE_URL: db.url };

beforeEach(async () => {
  await db.query('DROP SCHEMA IF EXISTS bfm, shop CASCADE');
});

it('tells a log what a build waits for as soon as that is known', async () => {
  const sfm = makeFolder({
    'postgresql/core/20250101000000_users.up.sql': '-- bfm: schema=shop\nCREATE TABLE users (id int);',
    'postgresql/core/20250102000000_index.up.sql':
      '-- bfm: schema=shop, transaction=none\nCREATE INDEX CONCURRENTLY users_id ON shop.users (id);',
  });
  const first = await runMain(['up', '--to', '20250101000000', '--sfm', sfm], { env });
  expect(first.code).toBe(0);
  const blocker = new pg.Client({ connectionString: db.url });
  await blocker.connect();
  await blocker.query('BEGIN; INSERT INTO shop.users VALUES (1)');
  const building = startMain(['up', '--sfm', sfm], { env });
  await until(() => building.said().includes('waits for pid '), { what: 'the log to tell of the wait' });
  expect(building.said()).toMatch(
    /20250102000000 index {2}core\/shop .*\n {7}CREATE INDEX CONCURRENTLY users_id/,
  );
  await blocker.query('COMMIT');
  await blocker.end();
  expect((await building.ended).code).toBe(0);
});

it('lists a hundred statements, and of more only the migrations unless told otherwise', async () => {
  const many = Array.from({ length: 101 }, (_, index) => `CREATE TABLE t${index} ();`).join('\n');
  const sfm = makeFolder({
    'postgresql/core/20250101000000_many.up.sql': `-- bfm: schema=shop\n${many}`,
    'postgresql/core/20250101000000_many.down.sql': 'DROP SCHEMA shop CASCADE;',
  });
  const brief = await runMain(['up', '--sfm', sfm], { env });
  expect(brief.stdout).toMatch(
    /^101 statements in 1 migration; --verbose lists them\n. 20250101000000 many .*\n/,
  );
  expect(brief.stdout).not.toContain('CREATE TABLE');
  await db.query('DROP SCHEMA bfm, shop CASCADE');
  const all = await runMain(['up', '--verbose', '--sfm', sfm], { env });
  expect(all.stdout.match(/CREATE TABLE t\d+ \(\)/g)).toHaveLength(101);
});

it.runIf(process.platform === 'linux')('shows on a terminal which statement runs, and for how long', () => {
  const sfm = makeFolder({
    'postgresql/core/20250101000000_slow.up.sql':
      '-- bfm: schema=shop\nCREATE TABLE users (id int);\nSELECT pg_sleep(1);',
  });
  const command = `stty cols 80; '${process.execPath}' -- '${LAUNCHER}' up --yes --sfm '${sfm}'`;
  const text = execFileSync('script', ['-qc', command, '/dev/null'], {
    env: { ...env, PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', TERM: 'xterm', NO_COLOR: '1' },
    encoding: 'utf8',
    timeout: 30_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(text).toMatch(/statement 2 of 2 +\d+ ms\r*\n {7}SELECT pg_sleep\(1\) +\d+ ms\r*\n/);
});
