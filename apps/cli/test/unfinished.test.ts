import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { useTestDatabase } from '@bfm/testing';
import { beforeEach, expect, it } from 'vitest';
import { makeFolder, parseDocument, parseError, runMain, writeFiles, type End } from './run-main.ts';

const BARE_FILE = 'postgresql/core/20250102000000_indexes.up.sql';
const BARE = '20250102000000_indexes_postgresql_core';
const TREE = {
  'postgresql/core/20250101000000_create_users.up.sql':
    '-- bfm: schema=shop\nCREATE TABLE shop.users (id int);\nINSERT INTO shop.users VALUES (1), (1);\n',
  'postgresql/core/20250101000000_create_users.down.sql': 'DROP TABLE shop.users;\n',
  [BARE_FILE]: [
    '-- bfm: schema=shop, transaction=none',
    'CREATE INDEX CONCURRENTLY users_any ON shop.users (id);',
    'CREATE UNIQUE INDEX CONCURRENTLY users_id ON shop.users (id);',
  ].join('\n'),
  'postgresql/core/20250102000000_indexes.down.sql': [
    '-- bfm: transaction=none',
    'DROP INDEX CONCURRENTLY shop.users_id;',
    'DROP INDEX CONCURRENTLY shop.users_any;',
  ].join('\n'),
};

const db = await useTestDatabase(18);
const env = { CORE_BACKEND: 'postgresql', CORE_URL: db.url };
let sfm = '';

beforeEach(async () => {
  sfm = makeFolder(TREE);
  await db.query('DROP SCHEMA IF EXISTS bfm, shop CASCADE');
  expect((await bfm('up')).code).toBe(1);
});

const bfm = (...args: readonly string[]): Promise<End> => runMain([...args, '--sfm', sfm], { env });

/** Types the repair that a text names. */
async function typed(text: string, action: string): Promise<End> {
  const [command = ''] = new RegExp(`repair ${action} .*?--reason WHY`).exec(text) ?? [];
  return bfm(...command.replace('WHY', 'tested').split(' '));
}

it('down refuses to go past a migration that is partly run, and each way out works', async () => {
  const refused = await bfm('down', '--all', '--json');
  expect(refused.code).toBe(6);
  const { code, message, next = '' } = parseError(refused);
  expect(code).toBe('rollback.partly_run');
  expect(message).toContain(`${BARE} is partly run in core/shop`);
  expect(next).toContain('bfm up --connection core --schema shop');
  await db.query('DROP INDEX shop.users_any');
  expect((await typed(next, 'mark-pending')).code).toBe(0);
  expect((await bfm('down', '--all')).code).toBe(0);

  expect((await bfm('up')).code).toBe(1);
  await db.query('TRUNCATE shop.users');
  expect((await bfm('up', '--connection', 'core', '--schema', 'shop')).code).toBe(0);
  expect((await bfm('down', '--all')).code).toBe(0);

  expect((await bfm('up')).code).toBe(1);
  await db.query('TRUNCATE shop.users; CREATE UNIQUE INDEX users_id ON shop.users (id)');
  expect((await typed(next, 'mark-applied')).code).toBe(0);
  expect((await bfm('down', '--all')).code).toBe(0);
});

it('status and doctor say that what is partly run failed, why, how far and where', async () => {
  const why = /failed after statement 1: could not create unique index "users_id"/;
  const status = await bfm('status');
  expect(status.stdout).toMatch(/1 failed/);
  const text = status.stdout.replaceAll(/\s+/g, ' ');
  expect(text).toMatch(why);
  expect(text).toContain(`${BARE_FILE}:3`);
  expect(parseDocument((await bfm('status', '--json')).stdout)).toMatchObject({
    targets: [
      {
        started: [BARE],
        held_by: null,
        unfinished: [{ migration_id: BARE, status: 'started', running: false, statements_done: 1 }],
      },
    ],
  });
  const doctor = await bfm('doctor', '--json');
  expect(doctor.code).toBe(6);
  expect(parseDocument(doctor.stdout)['findings']).toContainEqual(
    expect.objectContaining({
      code: 'migration.failed',
      message: expect.stringMatching(why) as unknown,
      mend: `mend what it says, then go on: bfm up --connection core --schema shop --sfm ${sfm}`,
    }),
  );
});

it('a backfill that was interrupted tells its rows and batches', async () => {
  await db.query('TRUNCATE shop.users; DROP INDEX shop.users_any');
  writeFiles(sfm, {
    [BARE_FILE]: [
      '-- bfm: schema=shop, batch=2',
      'UPDATE shop.users SET id = 10 / (5 - id) WHERE ctid IN (SELECT ctid FROM shop.users WHERE id < 6 ORDER BY id LIMIT :batch);',
    ].join('\n'),
  });
  unlinkSync(join(sfm, BARE_FILE.replace('.up.', '.down.')));
  await bfm('repair', 'mark-pending', '--migration', BARE, '--reason', 'edited');
  await db.query('INSERT INTO shop.users VALUES (-3), (-2), (-1), (5)');
  expect((await bfm('up')).code).toBe(1);
  const { stdout } = await bfm('doctor');
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /failed after \d+ rows in \d+ batch(?:es)?: division by zero/,
  );
});

it('what is partly run and has no file any more is told by all, and mark-pending mends it', async () => {
  unlinkSync(join(sfm, BARE_FILE));
  unlinkSync(join(sfm, BARE_FILE.replace('.up.', '.down.')));
  const status = await bfm('status');
  expect(status.code).toBe(0);
  expect(status.stdout).not.toContain('1 up to date');
  expect(status.stdout.replaceAll(/\s+/g, ' ')).toContain(`${BARE} is partly run and its file is gone`);
  for (const refused of [await bfm('up', '--json'), await bfm('down', '--all', '--json')]) {
    expect(refused.code).toBe(6);
    expect(parseError(refused)).toMatchObject({ code: 'drift.missing' });
  }
  await db.query('DROP INDEX shop.users_any');
  expect((await typed(status.stdout.replaceAll(/\s+/g, ' '), 'mark-pending')).code).toBe(0);
  expect((await bfm('status')).stdout).toContain('1 target: 1 up to date');
  expect((await bfm('up')).code).toBe(0);
  expect((await bfm('doctor')).code).toBe(0);
});
