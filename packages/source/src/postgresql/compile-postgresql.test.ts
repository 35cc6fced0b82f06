import { fc } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { compileText, faultsOf, migrationOf, placesOf, scriptOf, statementsOf } from '../../test/compile.ts';
import { createScriptCompiler } from '../script-compiler.ts';

const FUNCTION_BODY =
  'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END';
const RULE = "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (';'); DELETE FROM b)";
const DO_BLOCK = 'DO $x$ BEGIN PERFORM 1; COMMIT; END $x$';

describe('splitting (I8)', () => {
  it.each<[string, string, readonly string[]]>([
    ['texts', "SELECT 'a;b'; SELECT 2", ["SELECT 'a;b'", 'SELECT 2']],
    ['escaped texts', "SELECT E'\\';', 1; SELECT 2;", ["SELECT E'\\';', 1", 'SELECT 2']],
    [
      'Unicode texts',
      "SELECT U&'d!0061;' UESCAPE '!'; SELECT 2",
      ["SELECT U&'d!0061;' UESCAPE '!'", 'SELECT 2'],
    ],
    ['quoted names', 'SELECT 1 AS "a;b"; SELECT 2', ['SELECT 1 AS "a;b"', 'SELECT 2']],
    ['dollar quotes', 'SELECT $$a;$b;$$; SELECT $b$;$$;$b$', ['SELECT $$a;$b;$$', 'SELECT $b$;$$;$b$']],
    [
      'parameters next to dollar quotes',
      'PREPARE p AS SELECT $1, $$;$$; SELECT 2',
      ['PREPARE p AS SELECT $1, $$;$$', 'SELECT 2'],
    ],
    [
      'comments',
      'SELECT 1 /* ; /* ; */ ; */ -- ;\n, 2; SELECT 2',
      ['SELECT 1 /* ; /* ; */ ; */ -- ;\n, 2', 'SELECT 2'],
    ],
    ['SQL function bodies', `${FUNCTION_BODY}; SELECT 2`, [FUNCTION_BODY, 'SELECT 2']],
    ['rules with several actions', `${RULE};\n${DO_BLOCK};`, [RULE, DO_BLOCK]],
    ['empty statements', ';;SELECT 1;; ;SELECT 2;;', ['SELECT 1', 'SELECT 2']],
    ['characters of several bytes', "SELECT 'é☃😀'; SELECT '漢'", ["SELECT 'é☃😀'", "SELECT '漢'"]],
  ])('keeps %s whole', (_what, text, statements) => {
    expect(statementsOf(text)).toEqual(statements);
  });

  it('says where each statement starts, counted in characters, and drops comments round it', () => {
    const result = compileText(`-- é\n/* 😀 */  SELECT 1; -- after\n\n  /* 😀 */ SELECT 2 -- end`);
    expect(result).toEqual({
      ok: true,
      script: {
        statements: [
          { text: 'SELECT 1', line: 2, column: 10, bare: null },
          { text: 'SELECT 2', line: 4, column: 11, bare: null },
        ],
        literalPlaceholder: null,
        unqualified: { creates: [], changes: [] },
      },
      warnings: [],
    });
  });

  it('cuts a script that is too large to be parsed as one at the same places', () => {
    const statements = Array.from(
      { length: 8000 },
      (_, index) => `INSERT INTO t VALUES (${index}, 'é;😀${index}')`,
    );
    const text = statements.join(';\n-- next;\n');
    expect(text.length).toBeGreaterThan(1 << 18);
    const result = compileText(text);
    expect(result.ok && result.script.statements.map((statement) => statement.text)).toEqual(statements);
    expect(result.ok && result.script.statements.at(-1)).toMatchObject({ line: 2 * 8000 - 1, column: 1 });
  });
});

describe('splitting, for any script', () => {
  const statement = fc.oneof(
    fc.constantFrom(FUNCTION_BODY, RULE, DO_BLOCK, 'SELECT $1', 'SELECT $$a;b$$', 'SELECT "ä;" FROM t'),
    fc
      .string({ unit: 'grapheme' })
      .map((text) => `SELECT '${text.replaceAll('\0', '').replaceAll("'", "''")}'`),
    fc
      .string({ unit: fc.constantFrom('a', ';', "'", '$', '\n', '😀', '-', '/', '*') })
      .map((text) => `SELECT $tag$${text}$tag$`),
    fc.nat().map((value) => `INSERT INTO t VALUES (${value}, E'\\'; \\\\')`),
  );
  const gap = fc.constantFrom('', ' ', '\n\n', ' -- a; b\n', '/* ; /* \' */ " */', '\t/* é😀 */ ', ';');
  const script = fc.array(fc.tuple(gap, statement, gap), { minLength: 1, maxLength: 12 });

  it('gives back exactly the statements it was made of, and where they are', () => {
    fc.assert(
      fc.property(script, (parts) => {
        const text = parts.map((part) => part.join('')).join('\n;');
        const result = compileText(text);
        if (!result.ok) throw new Error(result.faults[0].message);
        const { statements } = result.script;
        expect(statements.map((found) => found.text)).toEqual(parts.map(([, sql]) => sql));
        const lines = text.split('\n');
        for (const { text: sql, line, column } of statements) {
          const rest = [...(lines[line - 1] ?? '')].slice(column - 1).join('');
          expect([rest, ...lines.slice(line)].join('\n').startsWith(sql)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('empty migrations (I6)', () => {
  it.each(['', ' \n\t', '-- nothing', '/* nothing */', ';', ' ; -- x\n ;', '-- bfm: schema=core\n'])(
    'refuses %j',
    (text) => {
      expect(placesOf(faultsOf(text))).toEqual(['migration.empty 1:1']);
    },
  );
});

describe('what is never closed (I7) is reported where it opened', () => {
  it.each<[string, string, string]>([
    ['a text', "SELECT 1;\n\nSELECT 'abc\n;\nSELECT 2;", '3:8 #2'],
    ['an escaped text', "SELECT 1,\n  E'\\';", '2:3 #1'],
    ['a dollar quote', 'SELECT 1;\nDO $$ BEGIN\nEND;', '2:4 #2'],
    ['a tagged dollar quote', 'DO $tag$ BEGIN $$ END; $tag', '1:4 #1'],
    ['a name', 'SELECT 1 AS "é;\n', '1:13 #1'],
    ['a comment', 'SELECT 1; /* é', '1:11 #2'],
    ['a nested comment', 'SELECT 1;\n/* /* */\nSELECT 2;', '2:1 #2'],
  ])('%s', (_what, text, place) => {
    const faults = faultsOf(text);
    expect(placesOf(faults)).toEqual([`migration.unparseable ${place}`]);
    expect(faults[0]?.message).toContain('never closed');
    expect(faults[0]?.mend).toMatch(/^close it/);
  });
});

describe('what belongs to psql (I9, I10)', () => {
  it.each<[string, readonly string[]]>([
    ['\\connect other\nSELECT 1;', ['migration.psql_command 1:1 #1']],
    [
      'SELECT 1;\n\\i other.sql\n\\set x 1',
      ['migration.psql_command 2:1 #2', 'migration.psql_command 3:1 #3'],
    ],
    ["\\copy t from 'it's'\nSELECT 1", ['migration.psql_command 1:1 #1']],
    ['SELECT 1 \\gexec', ['migration.psql_command 1:10 #1']],
    ['SELECT :id;', ['migration.psql_command 1:8 #1']],
    ["SELECT :'id';", ['migration.psql_command 1:8 #1']],
    ['COPY t FROM STDIN;', ['migration.psql_command 1:1 #1']],
    ['COPY t TO STDOUT;', ['migration.psql_command 1:1 #1']],
    [
      "SELECT 1;\nCOPY public.t (a) FROM stdin;\n1\tit's\n2\t\\N\n\\.\nSELECT 2;\nSELEC 3;",
      ['migration.psql_command 2:1 #2', 'migration.unparseable 7:1 #4'],
    ],
  ])('%j', (text, places) => {
    const faults = faultsOf(text);
    expect(placesOf(faults)).toEqual(places);
    expect(faults[0]?.message).toContain('BFM is not psql');
  });

  it('leaves casts, slices and COPY from files alone', () => {
    expect(
      statementsOf("SELECT '1'::int, a[1:2], a[lo:hi] FROM t; COPY t FROM '/tmp/x'; SELECT '\\connect'"),
    ).toHaveLength(3);
  });
});

describe('transaction control (I11)', () => {
  it.each([
    'BEGIN',
    'START TRANSACTION',
    'COMMIT',
    'COMMIT AND CHAIN',
    'END',
    'ROLLBACK',
    'ABORT',
    'SAVEPOINT a',
    'RELEASE a',
    'ROLLBACK TO a',
    "PREPARE TRANSACTION 'x'",
    "COMMIT PREPARED 'x'",
    "ROLLBACK PREPARED 'x'",
  ])('refuses %s, with or without a transaction', (command) => {
    const text = `SELECT 1;\n  ${command};`;
    expect(placesOf(faultsOf(text))).toEqual(['migration.transaction_control 2:3 #2']);
    expect(placesOf(faultsOf(text, { transaction: 'none' }))).toEqual([
      'migration.transaction_control 2:3 #2',
    ]);
  });

  it('reports it beside a statement that does not parse', () => {
    expect(placesOf(faultsOf('BEGIN;\nSELEC 1;\nCOMMIT;'))).toEqual([
      'migration.transaction_control 1:1 #1',
      'migration.unparseable 2:1 #2',
      'migration.transaction_control 3:1 #3',
    ]);
  });

  it('lets the body of a DO block and a CALL through: the server judges those', () => {
    expect(statementsOf('DO $$ BEGIN COMMIT; END $$; CALL p()')).toHaveLength(2);
  });
});

describe('statements that cannot run inside a transaction (I12)', () => {
  it.each([
    'CREATE DATABASE d',
    'DROP DATABASE d',
    'VACUUM t',
    'VACUUM FULL',
    'CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)',
    'DROP INDEX CONCURRENTLY i',
    'REINDEX INDEX CONCURRENTLY i',
    'REINDEX (VERBOSE, CONCURRENTLY) TABLE t',
    'REINDEX SCHEMA s',
    'REINDEX DATABASE d',
    'REINDEX SYSTEM d',
    'ALTER SYSTEM SET work_mem = 1',
    "CREATE TABLESPACE s LOCATION '/x'",
    'DROP TABLESPACE s',
    'CLUSTER',
    'ALTER TABLE t DETACH PARTITION p CONCURRENTLY',
    'ALTER DATABASE d SET TABLESPACE s',
  ])('%s', (sql) => {
    const faults = faultsOf(`-- head\n${sql}`);
    expect(placesOf(faults)).toEqual(['migration.needs_no_transaction 2:1 #1']);
    expect(faults[0]?.mend).toContain('put `-- bfm: transaction=none` at the head of this file');
    expect(faults[0]?.message).toContain(sql);
    expect(statementsOf(sql, { transaction: 'none' })).toEqual([sql]);
  });

  it.each([
    'ANALYZE t',
    'CREATE INDEX i ON t (a)',
    'REINDEX TABLE t',
    'REINDEX (CONCURRENTLY false) TABLE t',
    'CLUSTER t',
    'ALTER TABLE t DETACH PARTITION p',
    "ALTER TYPE e ADD VALUE 'x'",
    'ALTER DATABASE d SET work_mem = 1',
    "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
  ])('lets %s through', (sql) => {
    expect(statementsOf(sql)).toEqual([sql]);
  });
});

describe('statements of a script without a transaction', () => {
  const bareOf = (sql: string): unknown => {
    const result = compileText(sql, { transaction: 'none' });
    return result.ok ? result.script.statements[0]?.bare : result.faults[0].code;
  };

  it.each([
    [
      'CREATE INDEX CONCURRENTLY i ON {{.Schema}}."T" (a)',
      {
        effect: 'create_index',
        index: { schema: '{{.Schema}}', name: 'i' },
        table: { schema: '{{.Schema}}', name: 'T' },
        unique: false,
        definition: '(a)',
      },
    ],
    [
      "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t USING btree (f('{{.Schema}}', a)) WHERE a > 0",
      {
        effect: 'create_index',
        index: { schema: null, name: 'i' },
        table: { schema: null, name: 't' },
        unique: true,
        definition: "USING btree (f('{{.Schema}}', a)) WHERE a > 0",
      },
    ],
    ['DROP INDEX CONCURRENTLY IF EXISTS s.i', { effect: 'drop_index', index: { schema: 's', name: 'i' } }],
    ['DROP INDEX CONCURRENTLY i', { effect: 'drop_index', index: { schema: null, name: 'i' } }],
    [
      'REINDEX TABLE CONCURRENTLY s.t',
      { effect: 'reindex_concurrently', relation: { schema: 's', name: 't' }, schema: null },
    ],
    ['REINDEX SCHEMA CONCURRENTLY s', { effect: 'reindex_concurrently', relation: null, schema: 's' }],
    ['REINDEX DATABASE CONCURRENTLY d', { effect: 'reindex_concurrently', relation: null, schema: null }],
    ['REINDEX (CONCURRENTLY false) TABLE t', { effect: 'repeatable' }],
    [
      'ALTER TABLE s.t DETACH PARTITION p CONCURRENTLY',
      {
        effect: 'detach_partition',
        table: { schema: 's', name: 't' },
        partition: { schema: null, name: 'p' },
      },
    ],
    [
      'CREATE DATABASE {{.Schema}}',
      { effect: 'create', object: 'database', name: '{{.Schema}}', owner: null, location: null },
    ],
    [
      'CREATE DATABASE d WITH ENCODING = utf8 OWNER = {{.Schema}}',
      { effect: 'create', object: 'database', name: 'd', owner: '{{.Schema}}', location: null },
    ],
    [
      "CREATE TABLESPACE s OWNER o LOCATION '/mnt/fast'",
      { effect: 'create', object: 'tablespace', name: 's', owner: 'o', location: '/mnt/fast' },
    ],
    ['DROP TABLESPACE s', { effect: 'drop', object: 'tablespace', name: 's' }],
    ['DROP SUBSCRIPTION s', { effect: 'drop', object: 'subscription', name: 's' }],
    ['VACUUM t', { effect: 'repeatable' }],
    ['CLUSTER t', { effect: 'repeatable' }],
    ['ALTER SYSTEM SET work_mem = 1', { effect: 'repeatable' }],
    ['CALL p()', { effect: 'unknown' }],
    ['DO $$ BEGIN COMMIT; END $$', { effect: 'unknown' }],
    ['DO $$ BEGIN PERFORM 1; END $$', null],
    ["ALTER TYPE e ADD VALUE 'x'", null],
    ['CREATE INDEX i ON t (a)', null],
    ['UPDATE t SET a = 1', null],
    ['DISCARD ALL', 'migration.forbidden_statement'],
    ['CREATE INDEX CONCURRENTLY ON t (a)', 'migration.index_unnamed'],
  ])('%s', (sql, bare) => {
    expect(bareOf(sql)).toEqual(bare);
  });
});

const FRAGMENTS = [
  "'",
  '"',
  '$',
  ';',
  '(',
  ')',
  '/',
  '*',
  '-',
  '\\',
  ':',
  'a',
  '{',
  '}',
  '.',
  '\n',
  ' ',
  '😀',
  '\0',
];

describe('faults', () => {
  it('give file, place, statement, excerpt and what to do', () => {
    expect(faultsOf('SELECT 1;\n\n  SELEC é;')).toEqual([
      {
        code: 'migration.unparseable',
        message: 'syntax error at or near "SELEC": SELEC é;',
        mend: 'mend the statement; it is read with the grammar of PostgreSQL 18',
        where: {
          file: 'postgresql/core/20250101120000_a.up.sql',
          line: 3,
          column: 3,
          statement: 2,
          migration_id: '20250101120000_a_postgresql_core',
        },
      },
    ]);
  });

  it('count columns in characters', () => {
    expect(placesOf(faultsOf("SELECT '😀é' frm x, ;"))).toEqual(['migration.unparseable 1:17 #1']);
  });

  it('show at most 80 characters, and none that hide or move others', () => {
    const [fault] = faultsOf(`SELEC \u202e\x07${'x'.repeat(500)}`);
    const excerpt = fault?.message.split(': ').at(-1) ?? '';
    expect([...excerpt].length).toBeLessThanOrEqual(80);
    expect(fault?.message).toContain('\\u{202e}\\u{7}');
    expect(fault?.message).not.toMatch(/[\u202e\x07]/);
  });

  it('stay few when everything is wrong', () => {
    expect(faultsOf('SELEC 1;\n'.repeat(1000))).toHaveLength(20);
  });

  it('come for any text at all, never an exception', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...FRAGMENTS, 'BEGIN ', 'SELECT ', '{{.Schema}}', 'CREATE FUNCTION '),
        }),
        (text) => {
          const result = compileText(text);
          if (!result.ok) for (const { where } of result.faults) expect(where.line).toBeGreaterThan(0);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['parentheses', `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['negations', `SELECT ${'NOT '.repeat(20_000)}true`],
  ])('come for a text nested too deep: %s; the next one is read as ever', (_what, text) => {
    expect(faultsOf(text)).toMatchObject([{ code: 'migration.unparseable' }]);
    expect(statementsOf('SELECT 1')).toEqual(['SELECT 1']);
  });
});

describe('placeholders (I19)', () => {
  it('are names in any case of letters, and stay in the statement', () => {
    const text =
      'CREATE TABLE {{.Schema}}.a (x int); SELECT {{.CONNECTION}}.{{.backend}}.{{.Version}} FROM t';
    const result = compileText(text);
    expect(result).toMatchObject({ ok: true, script: { literalPlaceholder: null } });
    expect(statementsOf(text).join('; ')).toBe(text);
  });

  it.each([
    ["SELECT '{{.Schema}}'", '{{.Schema}}', '1:9'],
    ['DO $$ BEGIN PERFORM {{.schema}}.f(); END $$', '{{.schema}}', '1:21'],
    ['SELECT {{.Version}} /* {{.Schema}} */ + 1', '{{.Schema}}', '1:24'],
    ["SELECT {{.Schema}}.f();\nSELECT 1 -- {{.Connection}}\n + 1, '{{.Schema}}'", '{{.Connection}}', '2:13'],
  ])('inside %j ask for plain names, and say where the first is', (text, placeholder, place) => {
    const [line, column] = place.split(':').map(Number);
    expect(compileText(text)).toMatchObject({
      ok: true,
      script: { literalPlaceholder: { placeholder, line, column } },
    });
  });

  it('in a comment between statements are not sent, so they do not', () => {
    expect(compileText('-- for {{.Schema}}\nSELECT 1; -- {{.Schema}}')).toMatchObject({
      ok: true,
      script: { literalPlaceholder: null },
    });
  });

  it('in the query of verify count too', () => {
    expect(
      compileText("-- verify=SELECT '{{.Schema}}' = 'x'\nSELECT 1", { verify: "SELECT '{{.Schema}}' = 'x'" }),
    ).toMatchObject({
      ok: true,
      script: { literalPlaceholder: { placeholder: '{{.Schema}}', line: 1, column: 19 } },
    });
  });

  it.each([
    ["SELECT '{{.Schema}}'", ['{{.Schema}} in a text is filled with the double quotes of a name']],
    ["SELECT x FROM t WHERE s = '{{.SCHEMA}}'", ['{{.SCHEMA}} in a text']],
    ["COMMENT ON TABLE t IS 'made by {{.Version}}'", ['{{.Version}} in a text']],
    ["SELECT '{{.Schema}}'::regnamespace, '{{.Schema}}' :: pg_catalog.regnamespace", []],
    ["SELECT to_regclass('{{.Schema}}.t'), format('%I', 'x')", []],
    ['DO $$ BEGIN PERFORM {{.Schema}}.f(); END $$', []],
    [
      "SELECT '{{ .Schema }}'",
      ['{{ .Schema }} is no placeholder and stays as it is; did you mean {{.Schema}}?'],
    ],
    ["SELECT '{{.Shema}}', '{{.Name}}', '{{ }}'", ['{{.Shema}} is no placeholder']],
  ])('in %j are warned of when they are hardly meant so', (text, messages) => {
    const result = compileText(text);
    const warnings = result.ok ? result.warnings : [];
    expect(warnings.map(({ code }) => code)).toEqual(messages.map(() => 'source.suspicious'));
    for (const [index, message] of messages.entries()) expect(warnings[index]?.message).toContain(message);
  });

  it.each(['CREATE INDEX i_{{.Schema}} ON t (a)', 'SELECT * FROM "{{.Schema}}".t'])(
    'are whole names: %s is refused with the mend',
    (text) => {
      const [fault] = faultsOf(text);
      expect(fault).toMatchObject({ code: 'migration.unparseable' });
      expect(fault?.mend).toContain('without quotes and joined to nothing');
      expect(fault?.message).not.toContain('bfmSchema');
    },
  );

  it('leave every other {{ to the parser', () => {
    expect(statementsOf("SELECT '{{.Tenant}} {{ x }}'")).toEqual(["SELECT '{{.Tenant}} {{ x }}'"]);
    expect(faultsOf('SELECT {{.Tenant}}')).toMatchObject([{ code: 'migration.unparseable' }]);
  });
});

describe('backfills', () => {
  const SQL = 'UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT :batch)';

  it('keep :batch in their one statement', () => {
    expect(statementsOf(`-- :batch rows at a time\n${SQL};`, { batchSize: 5 })).toEqual([SQL]);
  });

  it.each<[string, string]>([
    ['SELECT 1', 'changes rows'],
    ['DELETE FROM t', 'does not limit itself'],
    [`${SQL}; ${SQL}`, 'one statement only'],
    ["DELETE FROM t WHERE a = ':batch' LIMIT", 'syntax error'],
    ["DELETE FROM t WHERE a = ':batch'", 'inside a text'],
  ])('refuse %s', (text, reason) => {
    expect(faultsOf(text, { batchSize: 5 })[0]?.message).toContain(reason);
  });

  it('without the directive do not know :batch', () => {
    expect(faultsOf(SQL)).toMatchObject([{ code: 'migration.psql_command' }]);
  });
});

describe('verify', () => {
  it.each(['SELEC 1', 'SELECT 1; SELECT 2', 'DELETE FROM t', 'SELECT count(*) = 0 FROM bfm.ledger', '-- x'])(
    'refuses %s at its place in the file',
    (verify) => {
      const faults = faultsOf(`-- bfm: verify=${verify}\nSELECT 1`, { verify });
      expect(placesOf(faults)).toEqual(['migration.directive_invalid 1:16']);
    },
  );
});

describe('other backends', () => {
  it.each(['etcd', 'greptimedb'] as const)('%s has no engine yet', async (backend) => {
    const compiler = await createScriptCompiler();
    expect(compiler.compile(migrationOf(backend), scriptOf('SELECT 1'))).toMatchObject({
      ok: false,
      faults: [{ code: 'backend.capability_missing' }],
    });
  });
});
