import { describe, expect, it } from 'vitest';
import type { Direction } from '@bfm/core';
import { placeAt } from '@bfm/core';
import { interpretDirectives, type Directives } from './interpret-directives.ts';
import { findSqlDirectives } from './sql-directives.ts';

interface Reading {
  readonly directives: Directives;
  readonly faults: readonly string[];
  readonly messages: readonly string[];
}

function read(text: string, direction: Direction = 'up'): Reading {
  const found = findSqlDirectives(text);
  const { directives, faults } = interpretDirectives(found.items, direction);
  const all = [...found.faults, ...faults].sort((a, b) => a.index - b.index);
  return {
    directives,
    faults: all.map(({ code, index }) => {
      const { line, column } = placeAt(text, index);
      return `${code} ${line}:${column}`;
    }),
    messages: all.map(({ message, mend }) => `${message} | ${mend}`),
  };
}

describe('directives', () => {
  it('are read as DESIGN 4 shows them', () => {
    const { directives, faults } = read(`/* licence */
-- bfm: schema=core
-- bfm: depends-on=core/create_organizations, guard/20250101120000
-- bfm: requires-table=core.organizations, "we.ird"."t,1", plain
-- bfm: requires-schema=core
-- bfm: tags=tier=critical, team=billing
-- bfm: transaction=none
-- bfm: lock-timeout=2s, statement-timeout=10min
-- bfm: batch=5000
-- bfm: verify=SELECT count(*) = 0, 'a' = 'b' FROM t
-- an ordinary comment
CREATE TABLE t (a int);`);
    expect(faults).toEqual([]);
    expect(directives.schema?.name).toBe('core');
    expect(directives.dependencies).toMatchObject([
      { connection: 'core', target: 'create_organizations', text: 'core/create_organizations' },
      { connection: 'guard', target: '20250101120000' },
    ]);
    expect(directives.tables).toEqual([
      { schema: 'core', table: 'organizations' },
      { schema: 'we.ird', table: 't,1' },
      { schema: null, table: 'plain' },
    ]);
    expect(directives.schemas).toEqual(['core']);
    expect(Object.fromEntries(directives.tags)).toEqual({ tier: 'critical', team: 'billing' });
    expect(directives.execution).toEqual({
      transaction: 'none',
      lockTimeoutMs: 2000,
      statementTimeoutMs: 600_000,
      batchSize: 5000,
      batchPauseMs: null,
      verify: "SELECT count(*) = 0, 'a' = 'b' FROM t",
    });
  });

  it('may stand in one line, lists first or last, and need no space', () => {
    const { directives, faults } = read('--bfm:tags=a=1,b=2,batch=5,depends-on=x,y,schema=s');
    expect(faults).toEqual([]);
    expect(Object.fromEntries(directives.tags)).toEqual({ a: '1', b: '2' });
    expect(directives.dependencies.map(({ target }) => target)).toEqual(['x', 'y']);
    expect(directives.execution.batchSize).toBe(5);
    expect(directives.schema?.name).toBe('s');
  });

  it('of lists add up over lines', () => {
    const { directives, faults } = read(
      '-- bfm: depends-on=a\n-- bfm: depends-on=b, c\n-- bfm: tags=x=1\n-- bfm: tags=x=1',
    );
    expect(faults).toEqual([]);
    expect(directives.dependencies.map(({ target }) => target)).toEqual(['a', 'b', 'c']);
  });

  it('know the older bfm-tags', () => {
    expect(Object.fromEntries(read('-- bfm-tags: tier=critical, team=x,').directives.tags)).toEqual({
      tier: 'critical',
      team: 'x',
    });
  });

  it('inside texts are text', () => {
    expect(read("SELECT '\n-- bfm: transaction=none\n'").faults).toEqual([]);
  });

  it('say where each dependency stands', () => {
    const text = '-- é\n-- bfm: depends-on=a, core/b\nSELECT 1';
    expect(read(text).directives.dependencies.map(({ index }) => placeAt(text, index))).toEqual([
      { line: 2, column: 20 },
      { line: 2, column: 23 },
    ]);
  });
});

describe('faulty directives (I17)', () => {
  it.each<[string, readonly string[], string]>([
    ['-- bfm: transacton=none', ['migration.directive_unknown 1:9'], 'did you mean transaction?'],
    [
      '-- x\n-- bfm: lock-timeout=2s, statement-timout=1s',
      ['migration.directive_unknown 2:26'],
      'did you mean statement-timeout?',
    ],
    [
      '-- bfm: depends-on=a, lock-tmeout=2s',
      ['migration.directive_unknown 1:23'],
      'did you mean lock-timeout?',
    ],
    ['-- bfm: Schema=x', ['migration.directive_unknown 1:9'], 'did you mean schema?'],
    ['-- bfm: schema=a\n-- bfm: schema=a', ['migration.directive_repeated 2:9'], 'schema is given twice'],
    ['-- bfm: batch=5, batch=6', ['migration.directive_repeated 1:18'], 'batch is given twice'],
    ['-- bfm: tags=a=1, a=2', ['migration.directive_repeated 1:19'], 'as 1 and 2'],
    ['-- bfm:', ['migration.directive_invalid 1:8'], 'a directive is missing here'],
    ['-- bfm: transaction', ['migration.directive_invalid 1:9'], 'key=value'],
    ['-- bfm: schema=a, b', ['migration.directive_invalid 1:19'], 'key=value'],
    ['-- bfm: schema=', ['migration.directive_invalid 1:9'], 'has no value'],
    ['-- bfm: depends-on=', ['migration.directive_invalid 1:9'], 'has no value'],
    ['-- bfm: depends-on=a,,b', ['migration.directive_invalid 1:9'], 'has no value'],
    ['-- bfm transaction=none', ['migration.directive_invalid 1:1'], 'needs a colon'],
    ['SELECT 1;\n-- bfm: transaction=none', ['migration.directive_invalid 2:1'], 'below the head'],
    ['-- bfm: transaction=nono', ['migration.directive_invalid 1:21'], 'did you mean none?'],
    ['-- bfm: lock-timeout=2', ['migration.directive_invalid 1:22'], 'write 2ms or 2s'],
    ['-- bfm: lock-timeout=2m', ['migration.directive_invalid 1:22'], 'write 2min or 2ms'],
    ['-- bfm: lock-timeout=1.5s', ['migration.directive_invalid 1:22'], '500ms, 2s, 10min, 1h'],
    ['-- bfm: lock-timeout=-1s', ['migration.directive_invalid 1:22'], 'it is no time'],
    ['-- bfm: lock-timeout=0ms', ['migration.directive_invalid 1:22'], 'switch the timeout off'],
    ['-- bfm: statement-timeout=169h', ['migration.directive_invalid 1:27'], 'longer than a week'],
    ['-- bfm: batch=0', ['migration.directive_invalid 1:15'], 'no number of rows'],
    ['-- bfm: batch=1e3', ['migration.directive_invalid 1:15'], 'no number of rows'],
    ['-- bfm: batch=1000001', ['migration.directive_invalid 1:15'], 'no number of rows'],
    ['-- bfm: schema=pg_x', ['migration.directive_invalid 1:16'], 'reserves'],
    ['-- bfm: schema=bfm', ['migration.directive_invalid 1:16'], 'own ledger'],
    [`-- bfm: schema=${'é'.repeat(32)}`, ['migration.directive_invalid 1:16'], '64 bytes'],
    ['-- bfm: depends-on=Core/a', ['migration.directive_invalid 1:20'], 'connection name'],
    ['-- bfm: depends-on=a b', ['migration.directive_invalid 1:20'], 'names no migration'],
    ['-- bfm: depends-on=core/', ['migration.directive_invalid 1:20'], 'names no migration'],
    ['-- bfm: requires-table=a.b.c', ['migration.directive_invalid 1:24'], 'no table name'],
    ['-- bfm: requires-schema=a.b', ['migration.directive_invalid 1:25'], 'no schema name'],
    ['-- bfm: tags=critical', ['migration.directive_invalid 1:14'], 'key=value'],
  ])('%j', (text, faults, message) => {
    const reading = read(text);
    expect(reading.faults).toEqual(faults);
    expect(reading.messages[0]).toContain(message);
  });

  it('are all told at once', () => {
    expect(read('-- bfm: x=1\n-- bfm: batch=0, transaction=maybe\nSELECT 1').faults).toHaveLength(3);
  });
});

describe('in a down file', () => {
  it('those that speak for the file are read', () => {
    const { directives, faults } = read(
      '-- bfm: transaction=none, lock-timeout=1s, statement-timeout=1h, batch=1\n-- bfm: verify=SELECT true',
      'down',
    );
    expect(faults).toEqual([]);
    expect(directives.execution).toEqual({
      transaction: 'none',
      lockTimeoutMs: 1000,
      statementTimeoutMs: 3_600_000,
      batchSize: 1,
      batchPauseMs: null,
      verify: 'SELECT true',
    });
  });

  it.each(['schema=a', 'depends-on=a', 'requires-table=a', 'requires-schema=a', 'tags=a=1'])(
    '%s belongs in the up file',
    (directive) => {
      const { faults, messages } = read(`-- bfm: ${directive}`, 'down');
      expect(faults).toEqual(['migration.directive_invalid 1:9']);
      expect(messages[0]).toContain('belongs in the up file');
    },
  );
});
