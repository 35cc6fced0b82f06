import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { bfm } from './support/cli.ts';
import { makeTree, upFile, versionOf, type Tree } from './support/migration-tree.ts';

// Foreign keys are not checked in such a session.
const UNCHECKED = 'SET session_replication_role = replica;';
const KEYS = 'CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE c (p int REFERENCES p);';
const BREAKS_KEY = 'INSERT INTO c VALUES (42);';

describe('I13: what a migration does to its session when its series ends there', async () => {
  const db = await useTestDatabase(18);
  beforeAll(buildCli);

  async function up(tree: Tree): Promise<Record<string, string>> {
    const { stdout } = await bfm({ db, tree }, 'up', '--json', '--concurrency', '2');
    const { steps } = JSON.parse(stdout) as { steps: { migration_id: string; outcome: string }[] };
    return Object.fromEntries(steps.map((step) => [step.migration_id.slice(0, 14), step.outcome]));
  }

  it('does not reach the next one after a failure outside of transactions', async () => {
    using tree = makeTree({
      [upFile(0)]: `-- bfm: schema=a\n${KEYS}`,
      [upFile(1)]: `-- bfm: schema=a\n-- bfm: transaction=none\n${UNCHECKED}\nSELECT 1/0;`,
      [upFile(2)]: `-- bfm: schema=a\n${BREAKS_KEY}`,
    });
    expect(await up(tree)).toEqual({
      [versionOf(0)]: 'applied',
      [versionOf(1)]: 'failed',
      [versionOf(2)]: 'failed',
    });
    expect(await db.query('SELECT FROM a.c')).toEqual([]);
  });

  it('does not reach one that only became ready meanwhile', async () => {
    // It may finish only once the other one has.
    const waits = `DO $$ BEGIN FOR i IN 1..1000 LOOP
      EXIT WHEN EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = 'other_is_done');
      PERFORM pg_catalog.pg_sleep(0.01); END LOOP; PERFORM pg_catalog.pg_sleep(0.3); END $$;`;
    using tree = makeTree({
      [upFile(10)]: `-- bfm: schema=b\n${KEYS}\n${waits}\n${UNCHECKED}`,
      [upFile(11)]: '-- bfm: schema=other\nCREATE TABLE other_is_done ();',
      [upFile(12)]: `-- bfm: schema=b\n-- bfm: depends-on=core/${versionOf(11)}\n${BREAKS_KEY}`,
    });
    expect(await up(tree)).toEqual({
      [versionOf(10)]: 'applied',
      [versionOf(11)]: 'applied',
      [versionOf(12)]: 'failed',
    });
    expect(await db.query('SELECT FROM b.c')).toEqual([]);
  });

  it('does not decide what the commits behind it wait for', async () => {
    using tree = makeTree({
      [upFile(20)]: `-- bfm: schema=d
        CREATE TABLE t (x int);
        CREATE TABLE commits (sync text);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN INSERT INTO d.commits VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION note();`,
      [upFile(21)]:
        `-- bfm: schema=d\n-- bfm: transaction=none\nSET synchronous_commit = local;\nINSERT INTO t VALUES (1);`,
    });
    await up(tree);
    const [server] = await db.query("SELECT current_setting('synchronous_commit') AS sync");
    expect(server).not.toEqual({ sync: 'local' });
    expect(await db.query('SELECT sync FROM d.commits')).toEqual([server]);
  });

  it('is made again when a migration outside of transactions goes on behind it', async () => {
    const text = (last: string): string =>
      `-- bfm: schema=e\n-- bfm: transaction=none\nSET TimeZone = 'Asia/Tokyo';\nSET LOCAL my.own = 'gone';\n${last}`;
    const made =
      "CREATE TABLE seen AS SELECT current_setting('TimeZone') AS zone, current_setting('my.own', true) AS own;";
    using tree = makeTree({ [upFile(30)]: text('SELECT 1/0;') });
    expect(await up(tree)).toEqual({ [versionOf(30)]: 'failed' });
    tree.write({ [upFile(30)]: text(made) });
    expect(await up(tree)).toEqual({ [versionOf(30)]: 'applied' });
    expect(await db.query('SELECT zone, own FROM e.seen')).toEqual([{ zone: 'Asia/Tokyo', own: null }]);
  });
});
