import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, runBfm, type BfmEnd } from '../support/bfm.ts';
import { makeBareTree } from './bare-tree.ts';

const TABLE = { up: 'CREATE TABLE items (id int);', down: 'DROP TABLE items;' };

describe.each(POSTGRES_MAJORS)(
  'statements outside of transactions that did nothing, PostgreSQL %i',
  async (major) => {
    const db = await useTestDatabase(major);
    beforeAll(() => {
      buildCli();
    });

    const bfm = (root: string, ...args: readonly string[]): Promise<BfmEnd> =>
      runBfm([...args, '--yes', '--sfm', root], connectionsTo(db.url, 'core'));

    const said = (schema: string): Promise<unknown[]> =>
      db.query(
        `SELECT l.status, p.statements_done AS done FROM bfm.ledger l JOIN bfm.scope s USING (scope_id)
       LEFT JOIN bfm.progress p USING (scope_id, migration_id) WHERE s.schema_name = $1 ORDER BY l.migration_id`,
        [schema],
      );

    it('leave a migration failed, not partly run: what comes before it can be rolled back', async () => {
      using tree = makeBareTree({
        table: TABLE,
        bare: { up: '-- bfm: transaction=none\nCREATE UNIQUE INDEX CONCURRENTLY items_id ON items (id);' },
      });
      await bfm(tree.root, 'up', '--schema', 'ups', '--to', '20250101000001');
      await db.query('INSERT INTO ups.items VALUES (1), (1)');
      expect((await bfm(tree.root, 'up', '--schema', 'ups')).code).toBe(1);
      expect(await said('ups')).toEqual([
        { status: 'applied', done: null },
        { status: 'failed', done: null },
      ]);
      expect((await bfm(tree.root, 'down', '--schema', 'ups', '--all')).code).toBe(0);
    });

    it('leave a migration applied when it was to be rolled back, and nothing half rolled back', async () => {
      using tree = makeBareTree({
        table: TABLE,
        bare: {
          up: '-- bfm: transaction=none\nCREATE INDEX CONCURRENTLY items_id ON items (id);',
          down: '-- bfm: transaction=none\nDROP INDEX CONCURRENTLY nowhere;',
        },
      });
      await bfm(tree.root, 'up', '--schema', 'downs');
      expect((await bfm(tree.root, 'down', '--schema', 'downs', '--all')).code).toBe(1);
      expect(await said('downs')).toEqual([
        { status: 'applied', done: null },
        { status: 'applied', done: null },
      ]);
      expect((await bfm(tree.root, 'up', '--schema', 'downs')).stdout).toContain('Nothing to do');
    });
  },
);
