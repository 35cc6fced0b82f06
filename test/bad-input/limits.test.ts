import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BfmEnd } from '../support/bfm.ts';
import { bfm, errorOf, faultsOf } from './support/cli.ts';
import { databaseImage } from './support/database-image.ts';
import { HISTORY } from './support/describe-refusals.ts';
import { makeTree, upFile, type Files } from './support/migration-tree.ts';

const MEBIBYTE = 1024 * 1024;
const FILE_BYTES_MAX = 16 * MEBIBYTE;
const STATEMENTS_MAX = 50_000;
const MEGABYTES_MAX = 300;

const TABLE = 'CREATE TABLE t (id int, name text);\n';

function padded(text: string, bytes: number): string {
  return text + ' '.repeat(bytes - Buffer.byteLength(text));
}

function rowsOf(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => `(${index}, 'name ${index}')`);
  return `${TABLE}INSERT INTO t VALUES\n${rows.join(',\n')};\n`;
}

function statementsOf(count: number, length: number): string {
  const rest = Array.from({ length: count - 1 }, (_, index) => {
    const insert = `INSERT INTO t VALUES (${index}, '`;
    return `${insert}${'x'.repeat(length - insert.length - 4)}');\n`;
  });
  return TABLE + rest.join('');
}

/** The largest files that are allowed, of each kind, and how many rows they make. */
const ALLOWED: Readonly<Record<string, readonly [text: () => string, rows: number]>> = {
  'one statement of 16 MB': [
    () => `${TABLE}INSERT INTO t VALUES (1, '${'x'.repeat(FILE_BYTES_MAX - 100)}');`,
    1,
  ],
  'one statement of 16 MB beyond ASCII': [
    () => `${TABLE}INSERT INTO t VALUES (1, '${'é'.repeat(FILE_BYTES_MAX / 2 - 100)}');`,
    1,
  ],
  'a function body of 16 MB': [
    () => `${TABLE}DO $$ BEGIN\n${'-- nothing\n'.repeat(1_500_000)} INSERT INTO t VALUES (1, 'x'); END $$;`,
    1,
  ],
  'an INSERT of 100 000 rows': [() => rowsOf(100_000), 100_000],
  'an INSERT of 300 000 rows': [() => rowsOf(300_000), 300_000],
  '50 000 statements of 330 bytes': [() => statementsOf(STATEMENTS_MAX, 330), STATEMENTS_MAX - 1],
  '50 000 small statements': [() => statementsOf(STATEMENTS_MAX, 40), STATEMENTS_MAX - 1],
};

describe('I5: the largest files that are allowed', async () => {
  const db = await useTestDatabase(18);
  beforeAll(buildCli);

  it.each(Object.keys(ALLOWED).map((name, index) => [name, index] as const))(
    '%s: planned and applied with less than 300 MB of memory',
    async (name, index) => {
      const [makeText, rows] = ALLOWED[name] ?? [(): string => '', 0];
      using tree = makeTree({ [upFile(index)]: `-- bfm: schema=s${index}\n${makeText()}` });
      const peakFile = join(tree.root, 'peak');
      const env = { NODE_OPTIONS: `--import=${tellPeak(peakFile)}` };
      // What plans show is the same for all but the longest texts.
      for (const command of name.includes('body') ? ['plan', 'up'] : ['up']) {
        expect(await bfm({ db, tree, env }, command)).toMatchObject({ code: 0, stderr: '' });
        expect(Number(readFileSync(peakFile, 'utf8')) / 1024).toBeLessThan(MEGABYTES_MAX);
      }
      expect(await db.query(`SELECT count(*)::int AS rows FROM s${index}.t`)).toEqual([{ rows }]);
    },
  );
});

/** A module that writes the greatest memory of its process to a file, in KiB; GNU time may not be there. */
function tellPeak(file: string): string {
  const path = JSON.stringify(file);
  const code = `import fs from 'node:fs'; process.on('exit', () => fs.writeFileSync(${path}, String(process.resourceUsage().maxRSS)));`;
  return `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
}

/** Files that are too large, where that shows, and the setting that allows them. */
const REFUSED: Readonly<
  Record<string, readonly [text: () => string, code: string, place: string, setting: string, says: string]>
> = {
  'a file of 50 MB': [
    () => padded('SELECT 1;', 50 * MEBIBYTE),
    'source.too_large',
    '',
    'BFM_FILE_BYTES_MAX',
    'it has 52428800 bytes, more than the 16777216 allowed',
  ],
  'a statement of 20 MB': [
    () => `SELECT '${'x'.repeat(20 * MEBIBYTE)}';`,
    'source.too_large',
    '',
    'BFM_FILE_BYTES_MAX',
    'more than the 16777216 allowed',
  ],
  'a million statements': [
    () => 'SELECT 1;\n'.repeat(1_000_000),
    'migration.too_large',
    ':50001:1',
    'BFM_STATEMENTS_MAX',
    'the file has more than the 50000 statements allowed: SELECT 1;',
  ],
  'a list of a million numbers': [
    () =>
      `SELECT 1;\n  SELECT 2 WHERE 1 IN (${Array.from({ length: 1_000_000 }, (_, index) => index).join(',')});`,
    'migration.too_large',
    ':2:3',
    'BFM_STATEMENT_TOKENS_MAX',
    'the statement has more than the 250000 words and signs allowed',
  ],
};

describe('I5: what is too large', async () => {
  const db = await useTestDatabase(18);
  const names = Object.keys(REFUSED);
  const files: Files = Object.fromEntries(
    names.map((name, index) => [upFile(index), REFUSED[name]?.[0]() ?? '']),
  );
  let end: BfmEnd;
  let images: readonly [before: string, after: string];

  beforeAll(async () => {
    buildCli();
    using history = makeTree(HISTORY);
    await bfm({ db, tree: history }, 'up');
    using tree = makeTree({ ...HISTORY, ...files });
    const before = await databaseImage(db);
    end = await bfm({ db, tree }, 'up', '--json');
    images = [before, await databaseImage(db)];
  });

  it.each(names.map((name, index) => [name, index] as const))(
    '%s is refused with the setting that allows it',
    (name, index) => {
      const [, code, place, setting, says] = REFUSED[name] ?? [];
      const [fault, more] = faultsOf(end).filter(({ where }) => where.file === upFile(index));
      expect(more).toBeUndefined();
      expect(fault).toMatchObject({ code });
      const { line, column } = fault?.where ?? {};
      expect(line === undefined ? '' : `:${line}:${column ?? 0}`).toBe(place);
      expect(fault?.message).toContain(says);
      expect(fault?.mend).toContain(`raise ${setting ?? ''}`);
    },
  );

  it('changes nothing', () => {
    expect(end.code).toBe(2);
    expect(faultsOf(end)).toHaveLength(names.length);
    expect(images[1]).toBe(images[0]);
  });

  it('is allowed by these settings, which may also be lower', async () => {
    using tree = makeTree({ ...HISTORY, [upFile(1)]: 'SELECT 1;\nSELECT 2;\nSELECT 3;' });
    const lower = { BFM_FILE_BYTES_MAX: '20' };
    expect(errorOf(await bfm({ db, tree, env: lower }, 'plan', '--json')).code).toBe('source.too_large');
    const fewer = { BFM_STATEMENTS_MAX: '2' };
    expect(errorOf(await bfm({ db, tree, env: fewer }, 'plan', '--json')).code).toBe('migration.too_large');
    using many = makeTree({ ...HISTORY, [upFile(1)]: 'SELECT 1;\n'.repeat(STATEMENTS_MAX + 1) });
    const more = { BFM_STATEMENTS_MAX: '60000' };
    expect(await bfm({ db, tree: many, env: more }, 'plan')).toMatchObject({ code: 0 });
  });
});
