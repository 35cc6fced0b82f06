import { createHash } from 'node:crypto';
import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { bfm, UNSAFE } from './support/cli.ts';
import { databaseImage } from './support/database-image.ts';
import { makeTree, upFile } from './support/migration-tree.ts';

const db = await useTestDatabase(18);
beforeAll(buildCli);

const PLAIN =
  "-- bfm: schema=ends\nCREATE TABLE IF NOT EXISTS t (a text);\nINSERT INTO t VALUES ('one\ntwo');\n";

/** The same text in every form that editors and version control make of it. */
const FORMS: Readonly<Record<string, string>> = {
  'as it is': PLAIN,
  'I1: with a BOM': `\ufeff${PLAIN}`,
  'I2: with CRLF': PLAIN.replaceAll('\n', '\r\n'),
  'I2: with lone CR': PLAIN.replaceAll('\n', '\r'),
  'I2: mixed': PLAIN.replace('\n', '\r\n').replace(';\n', ';\r'),
  'I1, I2: with a BOM and CRLF': `\ufeff${PLAIN.replaceAll('\n', '\r\n')}`,
};

describe('line ends and byte order marks', () => {
  const forms = Object.values(FORMS);
  const files = (turn: number): Record<string, string> =>
    Object.fromEntries(forms.map((_, index) => [upFile(index), forms[(index + turn) % forms.length] ?? '']));

  it('make no difference to what is done, recorded and compared', async () => {
    using tree = makeTree(files(0));
    expect(await bfm({ db, tree }, 'up')).toMatchObject({ code: 0 });
    const rows = await db.query<{ a: string }>('SELECT a FROM ends.t');
    expect(rows).toEqual(forms.map(() => ({ a: 'one\ntwo' })));
    const kept = await db.query<{ checksum: string; body: string }>(
      'SELECT DISTINCT checksum, body FROM bfm.revision',
    );
    expect(kept).toEqual([{ checksum: createHash('sha256').update(PLAIN).digest('hex'), body: PLAIN }]);
  });

  it('may change afterwards in any way', async () => {
    const before = await databaseImage(db);
    for (let turn = 1; turn < forms.length; turn += 1) {
      using tree = makeTree(files(turn));
      expect(await bfm({ db, tree }, 'status', '--exit-code')).toMatchObject({ code: 0 });
      const end = await bfm({ db, tree }, 'up', '--json');
      expect(JSON.parse(end.stdout)).toMatchObject({ steps: [] });
    }
    expect(await databaseImage(db)).toBe(before);
  });
});

describe('I2: lines are counted right', () => {
  const script = '-- bfm: schema=lines\nSELECT 1;\n\nSELECT 2\n  FROM nowhere;\n';
  const faulty = script.replace('FROM', 'FORM x y');

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['lone CR', '\r'],
  ])('with %s, by the parser and by the server, and the right line is shown', async (_, end) => {
    using parsed = makeTree({ [upFile(1)]: faulty.replaceAll('\n', end) });
    const refused = await bfm({ db, tree: parsed }, 'up');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`${upFile(1)}:5:8\n    5 |   FORM x y nowhere;\n      |        ^\n`);
    using sent = makeTree({ [upFile(1)]: script.replaceAll('\n', end) });
    const failed = await bfm({ db, tree: sent }, 'up');
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain(`${upFile(1)}:5:8\n    5 |   FROM nowhere;\n      |        ^\n`);
  });
});

const HOSTILE = {
  'control characters': 'bell \u0007 escape \u001b[31m unit \u001f delete \u007f next \u0085',
  'line and paragraph separators': 'a\u2028b\u2029c',
  'bidirectional overrides': 'a\u202eb\u202c \u2066c\u2069',
  'zero-width characters': 'a\u200bb\u200dc\ufeffd',
  'look-alike letters': '\u0405elect \u0430bc',
  'beyond the first plane': '\u{1f600}\u{10ffff}',
};

describe('I4: characters that only look strange', () => {
  it('arrive as they are, with a warning for what hides or turns text, and never reach the terminal', async () => {
    const files = Object.entries(HOSTILE).map(([name, text], index): [string, string] => [
      upFile(100 + index),
      `-- bfm: schema=strange\nCREATE TABLE IF NOT EXISTS t (name text, value text);\nINSERT INTO t VALUES ('${name}', '${text}');\n`,
    ]);
    using tree = makeTree(Object.fromEntries(files));
    const plan = await bfm({ db, tree }, 'plan');
    expect(plan.code).toBe(0);
    expect(plan.stdout).not.toMatch(UNSAFE);
    expect(plan.stdout).toContain('U+202E makes text show in another order than it runs');
    expect(plan.stdout).toContain(`${upFile(102)}:3`);
    expect(plan.stdout).toContain('U+200B takes no room');
    const up = await bfm({ db, tree }, 'up');
    expect(up).toMatchObject({ code: 0 });
    expect(up.stdout + up.stderr).not.toMatch(UNSAFE);
    const rows = await db.query<{ name: string; value: string }>('SELECT name, value FROM strange.t');
    expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual(HOSTILE);
  });

  it('may stand in names, which are told escaped when something is wrong with them', async () => {
    using tree = makeTree({
      [upFile(200)]:
        '-- bfm: schema=stranger\nCREATE TABLE "a\u202eb" (x int);\nALTER TABLE "a\u202eb" ADD y wrong\u200b;',
    });
    const end = await bfm({ db, tree }, 'up');
    expect(end.code).toBe(1);
    expect(end.stdout + end.stderr).not.toMatch(UNSAFE);
    expect(end.stdout).toContain('"wrong\\u{200b}" does not exist');
  });
});
