import { POSTGRES_MAJORS, until, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildCli, connectionsTo, runBfm, startBfm, type BfmEnd } from '../support/bfm.ts';
import { makeBareTree, type BareTree } from './bare-tree.ts';

describe.each(POSTGRES_MAJORS)(
  'what others do to statements outside of transactions on PostgreSQL %i',
  async (major) => {
    const db = await useTestDatabase(major);
    const environment = connectionsTo(db.url, 'core');

    beforeAll(() => {
      buildCli();
    });

    const up = (tree: BareTree, schema: string): Promise<BfmEnd> =>
      runBfm(['up', '--json', '--sfm', tree.root, '--schema', schema], environment);

    async function connect(): Promise<pg.Client & AsyncDisposable> {
      const client = new pg.Client({ connectionString: db.url });
      await client.connect();
      return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
    }

    const isRunning = async (like: string): Promise<boolean> =>
      (
        await db.query(
          `SELECT 1 FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state = 'active' AND wait_event_type = 'Lock' AND query LIKE $1`,
          [like],
        )
      ).length > 0;

    it('does not run again in a transaction what was run outside of one', async () => {
      using tree = makeBareTree({
        two: {
          up: '-- bfm: transaction=none\nCREATE TABLE IF NOT EXISTS effects (n int);\nINSERT INTO effects VALUES (1);\nSELECT 1 / 0;',
        },
      });
      expect((await up(tree, 'retold')).code).toBe(1);
      tree.write(1, 'two', {
        up: 'CREATE TABLE IF NOT EXISTS effects (n int);\nINSERT INTO effects VALUES (1);\nSELECT 1;',
      });
      const refused = await up(tree, 'retold');
      expect(await db.query('SELECT n FROM retold.effects')).toEqual([{ n: 1 }]);
      expect(refused.code).toBe(6);
      expect(refused.stdout).toContain('bfm repair mark-pending --connection core');
    });

    it('goes on behind a partition whose detaching was ended after all', async () => {
      using tree = makeBareTree({
        t: {
          up: 'CREATE TABLE m (d int) PARTITION BY RANGE (d);\nCREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (9);',
        },
        d: {
          up: '-- bfm: transaction=none, statement-timeout=1s\nALTER TABLE m DETACH PARTITION m1 CONCURRENTLY;',
        },
      });
      await runBfm(['up', '--sfm', tree.root, '--schema', 'parts', '--to', '20250101000001'], environment);
      await using reader = await connect();
      await reader.query('BEGIN');
      await reader.query('SELECT * FROM parts.m');
      const { ended } = startBfm(['up', '--json', '--sfm', tree.root, '--schema', 'parts'], environment);
      await until(() => isRunning('%FINALIZE%'), { what: 'a statement that waits', timeoutMs: 20_000 });
      await reader.query('COMMIT');
      expect((await ended).code).toBe(0);
      expect((await up(tree, 'parts')).code).toBe(0);
      expect(await db.query("SELECT 1 FROM pg_inherits WHERE inhparent = 'parts.m'::regclass")).toEqual([]);
    });

    it('waits for the backend of a frozen run, although the login may not see what it does', async () => {
      using tree = makeBareTree({
        t: { up: 'CREATE TABLE items (id int);' },
        v: {
          up: '-- bfm: transaction=none, lock-timeout=60s\nSELECT pg_advisory_unlock_all();\nVACUUM items;',
        },
      });
      const role = `${db.name}_two`;
      await runBfm(['up', '--sfm', tree.root, '--schema', 'frozen', '--to', '20250101000001'], environment);
      await db.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x';
        GRANT USAGE ON SCHEMA bfm, frozen TO ${role}; ALTER TABLE frozen.items OWNER TO ${role};
        GRANT ALL ON ALL TABLES IN SCHEMA bfm TO ${role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA bfm TO ${role}`);
      const count = async (text: string): Promise<number> =>
        (
          await db.query('SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query ~ $1', [
            text,
          ])
        ).length;
      try {
        await using blocker = await connect();
        await blocker.query('BEGIN; LOCK TABLE frozen.items IN SHARE UPDATE EXCLUSIVE MODE');
        const first = startBfm(['up', '--sfm', tree.root, '--schema', 'frozen'], environment);
        onTestFinished(() => void first.child.kill('SIGKILL'));
        await until(() => isRunning('VACUUM items'), { what: 'the first run to wait', timeoutMs: 20_000 });
        first.child.kill('SIGSTOP');
        const url = new URL(db.url);
        url.username = role;
        url.password = 'x';
        const second = startBfm(
          ['up', '--json', '--sfm', tree.root, '--schema', 'frozen'],
          connectionsTo(url.href, 'core'),
        );
        await until(async () => (await count('bfm bare')) > 0 || (await count('^VACUUM items')) > 1, {
          what: 'the second run to wait',
          timeoutMs: 20_000,
        });
        expect(await count('^VACUUM items')).toBe(1);
        first.child.kill('SIGKILL');
        await blocker.query('COMMIT');
        const { code, stdout } = await second.ended;
        expect({ code, said: code === 0 ? '' : stdout }).toEqual({ code: 0, said: '' });
        await first.ended;
      } finally {
        await db.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
      }
    });

    it('leaves what somebody else rebuilds alone', async () => {
      using tree = makeBareTree({
        t: { up: 'CREATE TABLE a (id int PRIMARY KEY);' },
        r: { up: '-- bfm: transaction=none\nREINDEX TABLE CONCURRENTLY a;' },
      });
      await runBfm(['up', '--sfm', tree.root, '--schema', 'rebuilt', '--to', '20250101000001'], environment);
      await db.query('CREATE SCHEMA theirs');
      await db.query('CREATE TABLE theirs.b (id int PRIMARY KEY)');
      await using mine = await connect();
      await mine.query('BEGIN');
      await mine.query('INSERT INTO rebuilt.a VALUES (1)');
      const { ended } = startBfm(['up', '--json', '--sfm', tree.root, '--schema', 'rebuilt'], environment);
      await until(() => isRunning('REINDEX TABLE CONCURRENTLY a%'), {
        what: 'a statement that waits',
        timeoutMs: 20_000,
      });
      await using blocker = await connect();
      await blocker.query('BEGIN');
      await blocker.query('INSERT INTO theirs.b VALUES (1)');
      await using them = await connect();
      const theirs = them.query('REINDEX TABLE CONCURRENTLY theirs.b').then(
        () => 'done',
        (error: unknown) => String(error),
      );
      await until(() => isRunning('REINDEX TABLE CONCURRENTLY theirs%'), {
        what: 'a statement that waits',
        timeoutMs: 20_000,
      });
      await mine.query('COMMIT');
      expect((await ended).code).toBe(0);
      await blocker.query('COMMIT');
      expect(await theirs).toBe('done');
    });

    it('lets a backfill of a large table elsewhere end', async () => {
      await db.query('CREATE SCHEMA large');
      await db.query(
        'CREATE TABLE large.t AS SELECT n AS id, false AS done FROM generate_series(1, 120000) n',
      );
      using tree = makeBareTree({
        fill: {
          up: '-- bfm: batch=60000\nUPDATE large.t SET done = true WHERE id IN (SELECT id FROM large.t WHERE NOT done LIMIT :batch);',
        },
      });
      const end = await up(tree, 'small');
      expect({ code: end.code, said: end.code === 0 ? '' : end.stdout }).toEqual({ code: 0, said: '' });
    });
  },
);
