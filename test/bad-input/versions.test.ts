import { describeFaultyTree, type FaultyTree } from './support/describe-faulty-tree.ts';
import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { bfm, errorOf } from './support/cli.ts';
import { databaseImage } from './support/database-image.ts';
import { CORE, makeTree, upFile } from './support/migration-tree.ts';

const SQL = 'SELECT 1;\n';

function badVersion(name: string, found: string): FaultyTree {
  const path = `${CORE}/${name}.up.sql`;
  const says = [`its version must be exactly 14 digits${found}`];
  const fault = { code: 'source.bad_name', at: path, says, mend: '{YYYYMMDDhhmmss}_{name}.up.sql' } as const;
  return { name, files: { [path]: SQL }, faults: [fault] };
}

describeFaultyTree('I14: versions', [
  {
    name: 'given twice: both files are named',
    files: { [upFile(1, 'first')]: SQL, [upFile(1, 'second')]: SQL },
    faults: [
      {
        code: 'migration.duplicate_version',
        at: upFile(1, 'second'),
        says: ['given 2 times', upFile(1, 'first'), upFile(1, 'second')],
        mend: 'another version',
      },
    ],
  },
  {
    name: 'given three times',
    files: { [upFile(2, 'a')]: SQL, [upFile(2, 'b')]: SQL, [upFile(2, 'c')]: SQL },
    faults: [
      {
        code: 'migration.duplicate_version',
        at: upFile(2, 'c'),
        says: ['given 3 times', upFile(2, 'a'), upFile(2, 'b'), upFile(2, 'c')],
        mend: 'another version',
      },
    ],
  },
  badVersion('1_one', ', not 1'),
  badVersion('01_one', ', not 01'),
  badVersion('9_nine', ', not 9'),
  badVersion('10_ten', ', not 10'),
  badVersion('-1_negative', ', not -1'),
  badVersion('+20250101000000_signed', ', not +20250101000000'),
  badVersion('2025010100000_short', ', not 2025010100000'),
  badVersion('020250101000000_long', ', not 020250101000000'),
  badVersion('9223372036854775808_overflow', ', not 9223372036854775808'),
  badVersion('99999999999999999999999999_overflow', ', not 99999999999999999999999999'),
  badVersion('0x20250101_hex', ''),
  badVersion('2025-01-01_dashes', ''),
  badVersion('٢٠٢٥٠١٠١١٢٠٠٠٠_arabic digits', ''),
  badVersion('create_users', ''),
]);

describe('I14: versions that are fine', async () => {
  const db = await useTestDatabase(18);
  beforeAll(buildCli);
  const guard = upFile(1, 'same').replace('/core/', '/guard/');
  const env = { GUARD_BACKEND: 'postgresql', GUARD_URL: db.url, GUARD_SCHEMA: 'guard' };

  it('the same in another connection, gaps, no dates and the greatest of all are applied, in order', async () => {
    using tree = makeTree({
      [upFile(1, 'same')]: 'CREATE TABLE t (a int);',
      [guard]: 'CREATE TABLE t (a int);',
      [`${CORE}/00000000000000_least.up.sql`]: 'CREATE TABLE least (a int);',
      [`${CORE}/20251399999999_no_date.up.sql`]: 'INSERT INTO t VALUES (1);',
      [`${CORE}/99999999999999_greatest.up.sql`]: 'INSERT INTO t VALUES (2);',
    });
    const plan = await bfm({ db, tree, env }, 'plan');
    expect(plan.stdout).toContain('is no date');
    expect(plan.stdout).toContain('20251399999999_no_date.up.sql');
    expect(await bfm({ db, tree, env }, 'up')).toMatchObject({ code: 0 });
    expect(await db.query('SELECT a FROM kept.t')).toEqual([{ a: 1 }, { a: 2 }]);
    const ids = await db.query<{ id: string }>(
      "SELECT migration_id AS id FROM bfm.event WHERE migration_id LIKE '%core' ORDER BY event_id",
    );
    expect(ids.map(({ id }) => id.slice(0, 14))).toEqual([
      '00000000000000',
      '20250102000001',
      '20251399999999',
      '99999999999999',
    ]);
  });

  it('one that comes late is out of order: nothing is done before somebody decides', async () => {
    const late = upFile(2, 'late');
    using tree = makeTree({
      [upFile(1, 'same')]: 'CREATE TABLE t (a int);',
      [`${CORE}/00000000000000_least.up.sql`]: 'CREATE TABLE least (a int);',
      [late]: 'INSERT INTO t VALUES (3);',
      [`${CORE}/20251399999999_no_date.up.sql`]: 'INSERT INTO t VALUES (1);',
      [`${CORE}/99999999999999_greatest.up.sql`]: 'INSERT INTO t VALUES (2);',
    });
    const before = await databaseImage(db);
    const end = await bfm({ db, tree, env }, 'up', '--json');
    expect(end.code).toBe(6);
    expect(errorOf(end)).toMatchObject({ code: 'drift.out_of_order' });
    expect(errorOf(end).message).toContain('20250102000002_late_postgresql_core');
    expect(errorOf(end).message).toContain('99999999999999_greatest_postgresql_core');
    expect(errorOf(end).next).toContain('--out-of-order=allow');
    expect(await databaseImage(db)).toBe(before);
    expect(await bfm({ db, tree, env }, 'up', '--out-of-order=allow')).toMatchObject({ code: 0 });
    expect(await db.query('SELECT a FROM kept.t')).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  });
});
