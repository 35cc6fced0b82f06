import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatPlace, type Fault } from '@bfm/core';
import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BfmEnd } from '../support/bfm.ts';
import { bfm, errorOf, faultsOf, UNSAFE } from './support/cli.ts';
import { databaseImage } from './support/database-image.ts';
import { CORE, makeTree } from './support/migration-tree.ts';

const FAULTY = 'SELEC 1;';
const SUFFIX = 'its name does not end in .up.sql or .down.sql (in lower case)';

/** Files that are passed over, and what is said of each. */
const PASSED_OVER: Readonly<Record<string, string>> = {
  '20250102000001_a.up.SQL': SUFFIX,
  '20250102000002_a.UP.sql': SUFFIX,
  '20250102000003_a.up.sql.bak': SUFFIX,
  '20250102000004_a.up.sql.orig': SUFFIX,
  '20250102000005_a.up.sql~': SUFFIX,
  '20250102000006_a.sql': SUFFIX,
  '20250102000007_a.up.sqlx': SUFFIX,
  '20250102000008_a.txt': SUFFIX,
  'schema.sql': SUFFIX,
  '20250101000000_keep.down.sql':
    'its up file is missing; did you mean postgresql/core/20250101000000_kept.up.sql?',
  '20250109000000_alone.down.sql': 'its up file is missing',
};

describe('I16: files that are nearly migrations', async () => {
  const db = await useTestDatabase(18);
  let plan: BfmEnd;
  let json: BfmEnd;

  beforeAll(async () => {
    buildCli();
    using tree = makeTree({
      [`${CORE}/20250101000000_kept.up.sql`]: 'CREATE TABLE kept (a int);',
      [`${CORE}/README.md`]: 'nothing is said of this one',
      ...Object.fromEntries(Object.keys(PASSED_OVER).map((name) => [`${CORE}/${name}`, FAULTY])),
    });
    mkdirSync(join(tree.root, CORE, 'old'));
    plan = await bfm({ db, tree }, 'plan');
    json = await bfm({ db, tree }, 'plan', '--json');
    expect(await bfm({ db, tree }, 'up')).toMatchObject({ code: 0 });
  });

  function warnings(): readonly Fault[] {
    return (JSON.parse(json.stdout) as { warnings: readonly Fault[] }).warnings;
  }

  it.each(Object.entries(PASSED_OVER))('%s is passed over with a warning', (name, reason) => {
    const path = `${CORE}/${name}`;
    const found = warnings().filter(({ where }) => formatPlace(where) === path);
    expect(found.map(({ code }) => code)).toEqual(['source.ignored']);
    expect(found[0]?.message).toContain(`it is not read, because ${reason}`);
    expect(found[0]?.mend).not.toBe('');
    expect(plan.stdout).toContain(name);
  });

  it('a folder inside is passed over too; nothing else is said, and what is sound is applied', async () => {
    const places = warnings().map(({ where }) => formatPlace(where));
    expect(places.sort()).toEqual(
      [...Object.keys(PASSED_OVER), 'old'].map((name) => `${CORE}/${name}`).sort(),
    );
    expect(plan.stdout).not.toMatch(UNSAFE);
    expect(await db.query('SELECT migration_id AS id FROM bfm.ledger')).toEqual([
      { id: '20250101000000_kept_postgresql_core' },
    ]);
  });

  it('an up without a down is applied, said to be irreversible, and not rolled back', async () => {
    expect(plan.stdout).toContain('1 migration without a way back (no down file)');
    using tree = makeTree({ [`${CORE}/20250101000000_kept.up.sql`]: 'CREATE TABLE kept (a int);' });
    const before = await databaseImage(db);
    const down = await bfm({ db, tree }, 'down', '--all', '--yes', '--json');
    expect(down.code).toBe(6);
    expect(errorOf(down).code).toBe('migration.irreversible');
    expect(faultsOf(down)[0]?.mend).toContain('write postgresql/core/20250101000000_kept.down.sql');
    expect(await databaseImage(db)).toBe(before);
  });
});
