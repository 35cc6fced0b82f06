import type { Fault } from '@bfm/core';
import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { bfm, errorOf, faultsOf, UNSAFE } from './support/cli.ts';
import { databaseImage } from './support/database-image.ts';
import { alike, describeRefusals } from './support/describe-refusals.ts';
import { makeTree, upFile } from './support/migration-tree.ts';

const code = 'migration.unparseable';
const KNOWN = 'the placeholders are {{.Connection}}, {{.Schema}}, {{.Backend}}, {{.Version}}';
const WHOLE = 'a placeholder is a whole name, and BFM quotes it';

describeRefusals('I19: placeholders nobody fills, or that are joined to something', [
  ...alike({ code, says: 'syntax error', mend: `did you mean {{.Schema}}? ${KNOWN}` }, [
    ['misspelt', 'SELECT 1;\nCREATE TABLE {{.Shema}}.t (a int);', '2:14', '{{.Shema}}.t (a int);'],
    ['with white space', 'CREATE TABLE {{ .Schema }}.t (a int)', '1:14', '{{ .Schema }}.t (a int)'],
    ['in the plural', 'DROP TABLE {{.Schemas}}.t', '1:12', '{{.Schemas}}.t'],
  ]),
  ...alike({ code, says: 'syntax error', mend: KNOWN }, [
    ['of another tool', 'CREATE TABLE {{.TenantId}}.t (a int)', '1:14', '{{.TenantId}}.t (a int)'],
    ['of a template language', 'CREATE TABLE {{ schema }}.t (a int)', '1:14', '{{ schema }}.t (a int)'],
    ['of a shell', 'CREATE TABLE ${SCHEMA}.t (a int)', '1:14', '${SCHEMA}.t (a int)'],
  ]),
  ...alike({ code, mend: WHOLE }, [
    ['joined to a word', 'CREATE TABLE t_{{.Schema}} (a int)', '1:16', '{{.Schema}} (a int)'],
    ['in quotes', 'CREATE TABLE "{{.Schema}}".t (a int)', '1:14', '"{{.Schema}}".t (a int)'],
  ]),
]);

const HOSTILE = [
  "a'; DROP TABLE kept; --",
  'a"b',
  '{{.Version}}',
  '$$; DROP TABLE kept; $$',
  'a-b',
  '\u202ea',
  "a\\'b",
];

describe('I19: hostile names as values', async () => {
  const db = await useTestDatabase(18);
  const env = { CORE_SCHEMA: '' };
  const schemas = HOSTILE.map((name) => `--schema=${name}`);
  beforeAll(buildCli);

  it('are refused before anything runs where a text would hold them, each by name, with the place', async () => {
    using tree = makeTree({
      [upFile(1)]: 'CREATE TABLE t (a int);\n',
      [upFile(2)]: "SELECT 1;\nDO $x$ BEGIN\n  EXECUTE 'CREATE TABLE {{.Schema}}.u (a int)';\nEND $x$;\n",
    });
    const before = await databaseImage(db);
    const end = await bfm({ db, tree, env }, 'up', '--json', '--schema=plain', ...schemas);
    expect(end).toMatchObject({ code: 2, stdout: '' });
    const faults = faultsOf(end);
    expect(faults.map(({ where }) => where.schema).sort()).toEqual(HOSTILE.toSorted());
    for (const { code: found, where, message, mend } of faults) {
      expect(found).toBe('migration.placeholder_unsafe');
      expect(where).toMatchObject({ file: upFile(2), line: 3, column: 25 });
      expect(message).toContain('{{.Schema}} stands inside a text, body or comment');
      expect(mend).toContain('move {{.Schema}} out of the quotes');
    }
    const text = await bfm({ db, tree, env }, 'up', '--schema=plain', ...schemas);
    expect(text.stderr).toContain(`${upFile(2)}:3:25\n`);
    expect(end.stderr + text.stderr).not.toMatch(UNSAFE);
    expect(await databaseImage(db)).toBe(before);
  });

  it('are filled in as names, exactly, everywhere else', async () => {
    using tree = makeTree({
      [upFile(1)]:
        'CREATE TABLE {{.schema}}.t AS SELECT 1 AS {{.Version}}, 2 AS {{.CONNECTION}}, 3 AS {{.Backend}};\n' +
        "CREATE FUNCTION {{.Schema}}.here() RETURNS text LANGUAGE sql AS 'SELECT current_schema()';\n",
    });
    const end = await bfm({ db, tree, env }, 'up', '--json', ...schemas);
    expect(JSON.parse(end.stdout)).toMatchObject({ summary: { applied: HOSTILE.length, failed: 0 } });
    const rows = await db.query<{ schema: string; columns: string[] }>(
      `SELECT table_schema::text AS schema, array_agg(column_name::text ORDER BY ordinal_position) AS columns
       FROM information_schema.columns WHERE table_name = 't' GROUP BY 1`,
    );
    expect(rows.map(({ schema }) => schema).sort()).toEqual(HOSTILE.toSorted());
    for (const { columns } of rows) expect(columns).toEqual(['20250102000001', 'core', 'postgresql']);
  });

  it('that stand in a text as a value are warned of', async () => {
    using tree = makeTree({
      [upFile(1)]: "SELECT 1;\nSELECT * FROM pg_tables WHERE schemaname = '{{.Schema}}';\n",
    });
    const end = await bfm({ db, tree, env }, 'plan', '--json', '--schema=plain');
    const { warnings } = JSON.parse(end.stdout) as { readonly warnings: readonly Fault[] };
    expect(warnings).toMatchObject([
      {
        code: 'source.suspicious',
        message: "{{.Schema}} in a text is filled with the double quotes of a name: '{{.Schema}}';",
        where: { file: upFile(1), line: 2, column: 44, statement: 2 },
      },
    ]);
    expect(warnings[0]?.mend).toContain('current_schema()');
    const text = await bfm({ db, tree, env }, 'plan', '--schema=plain');
    expect(text.stdout).toContain(`warning[source.suspicious]: {{.Schema}} in a text`);
    expect(text.stdout).toContain('"plain"');
  });

  it('of unknown schemas are asked for, not guessed', async () => {
    using tree = makeTree({ [upFile(1)]: 'CREATE TABLE {{.Schema}}.t (a int);\n' });
    const before = await databaseImage(db);
    const end = await bfm({ db, tree, env }, 'up', '--json', '--connection', 'core');
    expect(end.code).toBe(2);
    expect(errorOf(end)).toMatchObject({ code: 'request.schema_required' });
    expect(errorOf(end).next).toContain('--schema NAME');
    expect(await databaseImage(db)).toBe(before);
  });
});
