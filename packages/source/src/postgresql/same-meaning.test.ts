import { describe, expect, it } from 'vitest';
import { sameMeaning } from '../../test/compile.ts';

describe('two PostgreSQL scripts mean the same when', () => {
  it.each<[string, string, string]>([
    ['they are equal, even if they do not parse', 'SELEC', 'SELEC'],
    ['comments and white space differ', '-- licence 2024\nSELECT  1', '/* licence 2025 */ SELECT\n1 ;;'],
    ['keywords and names are in another case', 'select A from T', 'SELECT a FROM t'],
    ['the same text has other quotes', "SELECT 'a''b'", "SELECT $$a'b$$"],
    [
      'description, tags, schema and dependencies differ',
      '-- bfm: tags=a=1, schema=x\nSELECT 1',
      '-- bfm: depends-on=y\nSELECT 1',
    ],
    ['placeholders are in another case', 'SELECT * FROM {{.schema}}.t', 'SELECT * FROM {{.Schema}}.t'],
    ['list positions differ', 'SELECT a IN (1,2), ARRAY[1,2]', 'SELECT a   IN (1, 2), ARRAY [1,  2]'],
    [
      'timeouts are written in other units',
      '-- bfm: lock-timeout=2s\nSELECT 1',
      '-- bfm: lock-timeout=2000ms\nSELECT 1',
    ],
  ])('%s', (_what, applied, current) => {
    expect(sameMeaning(applied, current)).toBe(true);
    expect(sameMeaning(current, applied)).toBe(true);
  });
});

describe('two PostgreSQL scripts differ in meaning when', () => {
  it.each<[string, string, string]>([
    ['a literal differs', "SELECT 'a'", "SELECT 'b'"],
    ['a statement is added', 'SELECT 1', 'SELECT 1; SELECT 2'],
    ['statements change places', 'SELECT 1; SELECT 2', 'SELECT 2; SELECT 1'],
    ['a comment inside a function body differs', 'DO $$ BEGIN /* a */ END $$', 'DO $$ BEGIN /* b */ END $$'],
    ['a path differs', "CREATE TABLESPACE s LOCATION '/a'", "CREATE TABLESPACE s LOCATION '/b'"],
    ['the transaction directive differs', '-- bfm: transaction=none\nSELECT 1', 'SELECT 1'],
    ['a timeout differs', '-- bfm: lock-timeout=2s\nSELECT 1', '-- bfm: lock-timeout=3s\nSELECT 1'],
    ['verify differs', '-- bfm: verify=SELECT true\nSELECT 1', 'SELECT 1'],
    ['placeholders differ', 'SELECT {{.Schema}}.a FROM t', 'SELECT {{.Backend}}.a FROM t'],
    ['a placeholder became what stands for it while parsing', 'SELECT {{.Schema}}', 'SELECT "bfmSchema"'],
    ['one of them does not parse', 'SELECT 1', 'SELEC 1'],
    ['neither of them parses', 'SELEC 1', 'SELEC  1'],
    ['something follows a NUL', 'SELECT 1', 'SELECT 1\0; DROP TABLE t'],
    ['one is empty', '', 'SELECT 1'],
  ])('%s', (_what, applied, current) => {
    expect(sameMeaning(applied, current)).toBe(false);
    expect(sameMeaning(current, applied)).toBe(false);
  });

  it('they are nested too deep to be compared, and not equal', () => {
    const deep = `SELECT 1${' + 1'.repeat(9000)}`;
    expect(sameMeaning(deep, `${deep} -- x`)).toEqual(expect.any(Boolean));
    expect(sameMeaning(deep, `${deep} + 2`)).toBe(false);
  });
});

describe('two etcd migrations', () => {
  const put = '[{"key":"/a","value":{"x":1,"y":"z"}}]';

  it.each<[string, string, boolean]>([
    ['order of members and white space', '[ {"value": {"y":"z", "x":1}, "key":"/a"} ]', true],
    ['the object round the array', `{"bfm":{"schema":"m"},"operations":${put}}`, true],
    ['a value', '[{"key":"/a","value":{"x":2,"y":"z"}}]', false],
    ['a key', '[{"key":"/b","value":{"x":1,"y":"z"}}]', false],
    ['a text of digits instead of a number', '[{"key":"/a","value":{"x":"1","y":"z"}}]', false],
    ['an execution directive', `{"bfm":{"lock-timeout":"2s"},"operations":${put}}`, false],
    ['no JSON', '[', false],
  ])('that differ in %s', (_what, current, same) => {
    expect(sameMeaning(put, current, 'etcd')).toBe(same);
  });
});

describe('two GreptimeDB scripts', () => {
  it('mean the same when they are equal', () => {
    expect(sameMeaning('SELECT 1', 'SELECT 1', 'greptimedb')).toBe(true);
    expect(sameMeaning('SELECT 1', 'SELECT 2', 'greptimedb')).toBe(false);
  });
});
