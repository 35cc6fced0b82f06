import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logEffect, until } from '@bfm/testing';
import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { idOf, refusalOf, stem, stepFiles, useRowWorld, type RowTree } from './support/row-world.ts';

const UP = ['up', '--schema', 'a'];
const FILE = `${stem(2)}.up.sql`;
/** Any number: whoever has it holds a run in the middle of its first migration. */
const GATE = 4711;

/** What the second migration may be, with what tells which of its texts was run. */
const KINDS: Readonly<Record<string, (mark: string) => string>> = {
  'in a transaction': (mark) =>
    `${logEffect('step_2')};\nCREATE TABLE step_2 AS\nSELECT '${mark}'::text AS mark;\n`,
  bare: (mark) =>
    `-- bfm: transaction=none\n${logEffect('step_2')};\nCREATE TABLE step_2 AS\nSELECT '${mark}'::text AS mark;\nCREATE INDEX CONCURRENTLY step_2_idx ON step_2 (mark);\n`,
  'in batches': (mark) =>
    `-- bfm: batch=10\nINSERT INTO step_2 (mark)\nSELECT '${mark}' WHERE NOT EXISTS (SELECT FROM step_2) LIMIT :batch\n`,
};

describe.each([15, 18] as const)('FM on PostgreSQL %i', async (major) => {
  const world = await useRowWorld(major);
  const { db } = world;
  let tree: RowTree;

  beforeEach(async () => {
    await db.query('DROP SCHEMA IF EXISTS bfm, a CASCADE; TRUNCATE public.effect_log');
    tree = world.tree({
      ...stepFiles(2),
      [`${stem(1)}.up.sql`]: `${logEffect('step_1')};\nCREATE TABLE step_1 (id int);\nSELECT pg_advisory_xact_lock(${GATE});\n`,
    });
  });

  const planFile = (): string => join(tree.root, 'plan.json');
  const unsound = (): Promise<readonly string[]> =>
    world.unsound({ unlogged: ['step_2'].filter(() => batch) });
  let batch = false;

  async function marks(): Promise<readonly unknown[]> {
    return (await db.query<{ mark: string }>('SELECT mark FROM a.step_2')).map(({ mark }) => mark);
  }

  describe.each(Object.entries(KINDS))('%s', (kind, script) => {
    beforeEach(() => {
      batch = kind === 'in batches';
      const table = batch ? 'CREATE TABLE step_2 (mark text);\n' : '';
      tree.write({
        [FILE]: script('old'),
        [`${stem(1)}.up.sql`]: `${logEffect('step_1')};\n${table}SELECT pg_advisory_xact_lock(${GATE});\n`,
      });
    });

    it('FM1 edited mid-run: what was planned is what runs and what the ledger keeps', async () => {
      const holder = new pg.Client({ connectionString: db.url });
      await holder.connect();
      await holder.query('SELECT pg_advisory_lock($1)', [GATE]);
      const run = tree.start(...UP);
      await until(async () => (await holder.query(WAITS, [GATE])).rowCount === 1, {
        what: 'the run in its first migration',
      });
      tree.write({ [FILE]: script('new') });
      await holder.query('SELECT pg_advisory_unlock($1)', [GATE]);
      await holder.end();
      expect(await run.ended).toMatchObject({ code: 0 });
      expect(await marks()).toEqual(['old']);
      const [{ body } = { body: '' }] = await db.query<{ body: string }>(
        "SELECT body FROM bfm.revision WHERE name = 'step_2'",
      );
      expect(body).toBe(script('old'));
      expect(await unsound()).toEqual([]);

      const refused = await tree.bfm(...UP, '--json');
      expect(refused).toMatchObject({ code: 6, stdout: '' });
      const { code, message, next } = refusalOf(refused);
      expect(code).toBe('drift.checksum_changed');
      expect(message).toMatch(/applied [0-9a-f]{8,64}, now [0-9a-f]{8,64}/);
      expect(next).toContain(`bfm repair accept-checksum --migration ${idOf(2)}`);
      tree.write({ [FILE]: script('old') });
      expect((await tree.bfm(...UP)).stdout).toContain('Nothing to do');
    });

    it('FM1 edited between plan and apply: the plan is refused, nothing is applied', async () => {
      expect((await tree.bfm('plan', '--schema', 'a', '--out', planFile())).code).toBe(0);
      tree.write({ [FILE]: script('new') });
      const refused = await tree.bfm('up', '--plan', planFile(), '--json');
      expect(refused).toMatchObject({ code: 5, stdout: '' });
      expect(refusalOf(refused).code).toBe('plan.stale');
      expect(
        await db.query(
          "SELECT to_regclass('bfm.ledger') IS NULL AS none, to_regclass('a.step_1') IS NULL AS nor",
        ),
      ).toEqual([{ none: true, nor: true }]);
      tree.write({ [FILE]: script('old') });
      expect((await tree.bfm('up', '--plan', planFile())).code).toBe(0);
      expect(await marks()).toEqual(['old']);
      expect(await unsound()).toEqual([]);
    });

    it.each([
      ['LF', 'CRLF and a BOM'],
      ['CRLF and a BOM', 'LF'],
    ])('FM3 applied with %s, checked out with %s: no mismatch', async (applied, checkedOut) => {
      const [first, second] = [applied, checkedOut].map((ends) => (ends === 'LF' ? asItIs : flipped));
      if (first === undefined || second === undefined) throw new Error('two ways');
      tree.write({ [FILE]: first(script('a\nb')) });
      expect((await tree.bfm('plan', '--schema', 'a', '--out', planFile())).code).toBe(0);
      tree.write({ [FILE]: second(script('a\nb')) });
      expect((await tree.bfm('up', '--plan', planFile())).code).toBe(0);
      tree.write({ [FILE]: first(script('a\nb')) });
      expect((await tree.bfm(...UP)).stdout).toContain('Nothing to do');
      // The bytes that count are the normalised ones, inside of literals, too.
      expect(await marks()).toEqual(['a\nb']);
      expect(await unsound()).toEqual([]);
    });
  });

  describe.each<[string, (path: string) => void]>([
    ['deleted', () => undefined],
    [
      'renamed',
      (path) => {
        writeFileSync(path.replace('step_2', 'other'), 'CREATE TABLE other (id int);\n');
      },
    ],
    [
      'a pipe',
      (path) => {
        execFileSync('mkfifo', [path]);
      },
    ],
    [
      'a folder',
      (path) => {
        mkdirSync(path);
      },
    ],
    [
      'a link to nothing',
      (path) => {
        symlinkSync('nothing', path);
      },
    ],
    [
      'a link to itself, which nobody can read',
      (path) => {
        symlinkSync(path, path);
      },
    ],
  ])('FM2 %s', (kind, replace) => {
    const isGone = kind === 'deleted' || kind === 'renamed';

    it(`FM2 ${kind} between plan and apply: refused, nothing applied`, async () => {
      batch = false;
      expect((await tree.bfm('plan', '--schema', 'a', '--out', planFile())).code).toBe(0);
      const path = join(tree.folder, FILE);
      const text = readFileSync(path, 'utf8');
      rmSync(path);
      if (isGone) rmSync(path.replace('.up.', '.down.'));
      replace(path);
      const refused = await tree.bfm('up', '--json', '--plan', planFile());
      expect(refused).toMatchObject({ code: isGone ? 5 : 2, stdout: '' });
      expect(refused.stderr).toContain(isGone ? 'plan.stale' : FILE);
      expect(
        await db.query(
          "SELECT to_regclass('bfm.ledger') IS NULL AS none, to_regclass('a.step_1') IS NULL AS nor",
        ),
      ).toEqual([{ none: true, nor: true }]);
      if (!isGone) rmSync(path, { recursive: true, force: true });
      if (kind === 'renamed') renameSync(path.replace('step_2', 'other'), path);
      writeFileSync(path, text);
      expect((await tree.bfm(...UP)).code).toBe(0);
      expect(await unsound()).toEqual([]);
    });
  });
});

const WAITS = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted";

function asItIs(text: string): string {
  return text;
}

function flipped(text: string): string {
  return `\ufeff${text.replaceAll('\n', '\r\n')}`;
}
