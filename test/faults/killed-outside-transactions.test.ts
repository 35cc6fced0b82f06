import { findUnsound, POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeBareTree, type BareTree } from '../bare/bare-tree.ts';
import { BARE_FAILPOINTS } from '../support/bare-failpoints.ts';
import { buildCli, connectionsTo, runBfm, type BfmEnd } from '../support/bfm.ts';

/** The how manieth statement outside of transactions each is. */
const STATEMENTS = ['CREATE INDEX CONCURRENTLY', 'VACUUM'] as const;

/** Where the run of a value dies: PostgreSQL adds it in a transaction, which is one of its own. */
const VALUE_POINTS = [
  'step.statement_sending',
  'step.statement_done',
  'step.commit_sent',
  'step.commit_acknowledged',
] as const;

function makeTree(): BareTree {
  return makeBareTree({
    table: { up: 'CREATE TABLE items (id int);\nCREATE TABLE effects (what text);' },
    bare: {
      up: `-- bfm: transaction=none
INSERT INTO items SELECT generate_series(1, 300);
CREATE UNIQUE INDEX CONCURRENTLY items_id ON items (id);
INSERT INTO effects VALUES ('between');
VACUUM items;
INSERT INTO effects VALUES ('at the end');`,
    },
  });
}

describe.each(POSTGRES_MAJORS)(
  'kill -9 around statements outside of transactions on PostgreSQL %i',
  async (major) => {
    const db = await useTestDatabase(major);
    const environment = connectionsTo(db.url, 'core');

    beforeAll(() => {
      buildCli();
    });
    beforeEach(async () => {
      await db.query('DROP SCHEMA IF EXISTS one, bfm CASCADE');
    });

    const bfm = (
      tree: BareTree,
      words: readonly string[],
      more: Readonly<Record<string, string>> = {},
    ): Promise<BfmEnd> =>
      runBfm([...words, '--sfm', tree.root, '--schema', 'one'], { ...environment, ...more });

    const killedAt = async (tree: BareTree, failpoint: string): Promise<void> => {
      const faults = { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: failpoint };
      expect(await bfm(tree, ['up'], faults)).toMatchObject({ code: null });
    };

    async function expectOnce(): Promise<void> {
      expect(await db.query('SELECT what FROM one.effects ORDER BY 1')).toEqual([
        { what: 'at the end' },
        { what: 'between' },
      ]);
      expect(
        await db.query(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'one.items_id'::regclass`),
      ).toEqual([{ indisvalid: true }]);
      expect(await db.query('SELECT count(*)::int AS rows FROM one.items')).toEqual([{ rows: 300 }]);
      expect(await findUnsound({ url: db.url, unlogged: 'all' })).toEqual([]);
    }

    it.each(
      STATEMENTS.flatMap((statement, index) =>
        BARE_FAILPOINTS.map((point) => [statement, point, index + 1] as const),
      ),
    )('K2 %s, killed at %s: the next up finds out and goes on', async (_, point, hit) => {
      using tree = makeTree();
      await killedAt(tree, `${point}=kill@${hit}`);
      const { code, stdout, stderr } = await bfm(tree, ['up']);
      expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
      await expectOnce();
    });

    it.each(VALUE_POINTS)(
      'K2 ALTER TYPE ADD VALUE, killed at %s: the next up adds it once',
      async (point) => {
        using tree = makeBareTree({
          type: { up: "CREATE TYPE mood AS ENUM ('sad');" },
          value: { up: "-- bfm: transaction=none\nALTER TYPE mood ADD VALUE 'glad';" },
        });
        await killedAt(tree, `${point}=kill@2`);
        const { code, stdout, stderr } = await bfm(tree, ['up']);
        expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
        const moods = await db.query('SELECT unnest(enum_range(NULL::one.mood))::text AS mood');
        expect(moods).toEqual([{ mood: 'sad' }, { mood: 'glad' }]);
        expect(await findUnsound({ url: db.url, unlogged: 'all' })).toEqual([]);
      },
    );

    it('K4 status and up tell what a killed run left under way, and up goes on with it', async () => {
      using tree = makeTree();
      await killedAt(tree, 'bare.statement_done=kill');
      const status = await bfm(tree, ['status']);
      expect(status.stdout.replaceAll(/\s+/g, ' ')).toContain(
        'partly run - the up of 20250101000002_bare_postgresql_core was interrupted in statement 2 in one',
      );
      const again = await bfm(tree, ['up']);
      expect(again).toMatchObject({ code: 0 });
      expect(again.stdout.replaceAll(/\s+/g, ' ')).toContain('going on where an earlier run was interrupted');
      await expectOnce();
    });
  },
);
