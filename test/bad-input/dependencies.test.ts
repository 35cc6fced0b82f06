import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { bfm } from './support/cli.ts';
import { describeFaultyTree } from './support/describe-faulty-tree.ts';
import { makeTree, upFile, versionOf } from './support/migration-tree.ts';

const SQL = 'SELECT 1;\n';

function on(...targets: readonly string[]): string {
  return `-- bfm: depends-on=${targets.join(', ')}\n${SQL}`;
}

function id(number: number, name = `case${number}`, connection = 'core'): string {
  return `${versionOf(number)}_${name}_postgresql_${connection}`;
}

function inGuard(path: string): string {
  return path.replace('/core/', '/guard/');
}

function cycle(...ids: readonly string[]): string {
  return `dependencies form a cycle: ${ids.join(' -> ')}`;
}

const CYCLE = { code: 'dependency.cycle', mend: 'take one of these dependencies away' } as const;

describeFaultyTree('I18: dependencies', [
  {
    name: 'on a folder whose connection is not configured: that is told with all the rest',
    faults: [
      {
        code: 'connection.not_found',
        at: 'postgresql/guard',
        says: ['connection guard is not configured'],
        mend: 'GUARD_BACKEND',
      },
    ],
  },
  {
    name: 'on itself',
    files: { [upFile(1)]: on('case1') },
    faults: [{ ...CYCLE, at: `${upFile(1)}:1:20`, says: [cycle(id(1), id(1))] }],
  },
  {
    name: 'in a cycle of two',
    files: { [upFile(2)]: on('case3'), [upFile(3)]: on('case2') },
    faults: [{ ...CYCLE, at: `${upFile(2)}:1:20`, says: [cycle(id(2), id(3), id(2))] }],
  },
  {
    name: 'in a cycle of four, across connections',
    files: {
      [upFile(4)]: on('guard/case5'),
      [inGuard(upFile(5))]: `-- bfm: schema=guard\n${on('core/case6')}`,
      [upFile(6)]: on('case7'),
      [upFile(7)]: on(versionOf(4)),
    },
    faults: [
      {
        ...CYCLE,
        at: `${upFile(4)}:1:20`,
        says: [cycle(id(4), id(5, 'case5', 'guard'), id(6), id(7), id(4))],
      },
    ],
  },
  {
    name: 'on one that does not exist, with the nearest that does',
    files: { [upFile(8)]: on('kpet') },
    faults: [
      {
        code: 'dependency.missing',
        at: `${upFile(8)}:1:20`,
        says: [`${id(8)} depends on kpet, which does not exist`],
        mend: 'Did you mean kept?',
      },
    ],
  },
  {
    name: 'on one of a connection that has none',
    files: { [upFile(9)]: on('gaurd/case10') },
    faults: [
      {
        code: 'dependency.missing',
        at: `${upFile(9)}:1:20`,
        says: ['depends on gaurd/case10, which does not exist'],
        mend: 'Did you mean guard?',
      },
    ],
  },
  {
    name: 'on one that another connection has',
    files: {
      [inGuard(upFile(10, 'elsewhere'))]: `-- bfm: schema=guard\n${SQL}`,
      [upFile(11)]: on('elsewhere'),
    },
    faults: [
      {
        code: 'dependency.missing',
        at: `${upFile(11)}:1:20`,
        says: ['depends on elsewhere, which does not exist'],
        mend: 'write guard/elsewhere',
      },
    ],
  },
  {
    name: 'on two of one name',
    files: { [upFile(12, 'twin')]: SQL, [upFile(13, 'twin')]: SQL, [upFile(14)]: `\n${on('case1', 'twin')}` },
    faults: [
      {
        code: 'dependency.ambiguous',
        at: `${upFile(14)}:2:27`,
        says: [`fits several migrations: ${id(12, 'twin')}, ${id(13, 'twin')}`],
        mend: 'write the whole id',
      },
    ],
  },
  {
    name: 'of a fixed one on a dynamic one',
    files: { [inGuard(upFile(15, 'tenant'))]: SQL, [upFile(16)]: on('guard/tenant') },
    faults: [
      {
        code: 'dependency.fixed_on_dynamic',
        at: `${upFile(16)}:1:20`,
        says: [`${id(16)} runs once, in schema kept, but depends on`],
        mend: 'give the dependency a schema too',
      },
    ],
  },
  {
    name: 'with characters that a terminal would obey',
    files: { [upFile(17)]: on('a\u202eb\u001b[31m') },
    faults: [
      {
        code: 'dependency.missing',
        at: `${upFile(17)}:1:20`,
        says: ['does not exist'],
        mend: 'Write a version, a name or a whole id',
      },
    ],
  },
]);

describe('I18: a dependency that failed', async () => {
  const db = await useTestDatabase(18);
  beforeAll(buildCli);

  it('stops what depends on it, in every connection, and nothing else', async () => {
    const env = { GUARD_BACKEND: 'postgresql', GUARD_URL: db.url, GUARD_SCHEMA: 'guard' };
    using tree = makeTree({
      [upFile(1)]: 'CREATE TABLE a (x int);\nSELECT 1/0;',
      [upFile(2)]: on('case1'),
      [inGuard(upFile(3))]: on('core/case2'),
      [upFile(4)]: 'CREATE TABLE d (x int);',
      [inGuard(upFile(5))]: 'CREATE TABLE e (x int);',
    });
    const end = await bfm({ db, tree, env }, 'up', '--json');
    expect(end.code).toBe(1);
    const { steps } = JSON.parse(end.stdout) as {
      steps: readonly { migration_id: string; outcome: string; error?: { code: string; message: string } }[];
    };
    const ends = steps.map(
      ({ migration_id: name, outcome, error }) => `${name} ${outcome} ${error?.code ?? ''}`,
    );
    expect(ends.sort()).toEqual([
      `${id(1)} failed step.failed`,
      `${id(2)} not_started step.blocked`,
      `${id(3, 'case3', 'guard')} not_started step.blocked`,
      `${id(4)} applied `,
      `${id(5, 'case5', 'guard')} applied `,
    ]);
    const tables = await db.query(
      "SELECT schemaname || '.' || tablename AS it FROM pg_tables WHERE schemaname IN ('kept', 'guard') ORDER BY 1",
    );
    expect(tables).toEqual([{ it: 'guard.e' }, { it: 'kept.d' }]);
  });
});
