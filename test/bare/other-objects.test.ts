import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, runBfm, type BfmEnd } from '../support/bfm.ts';
import { makeBareTree, type BareTree } from './bare-tree.ts';

const TABLE = {
  up: `CREATE TABLE items (gone int, id int, tag text, "a,b" text);
ALTER TABLE items DROP COLUMN gone;
CREATE TABLE others (id int, tag text);`,
};

describe.each(POSTGRES_MAJORS)(
  'what others make while a run is interrupted, PostgreSQL %i',
  async (major) => {
    const db = await useTestDatabase(major);
    const environment = connectionsTo(db.url, 'core');
    let made = 0;

    beforeAll(() => {
      buildCli();
    });

    const up = (
      tree: BareTree,
      schema: string,
      faults: Readonly<Record<string, string>> = {},
    ): Promise<BfmEnd> =>
      runBfm(['up', '--json', '--sfm', tree.root, '--schema', schema], { ...environment, ...faults });

    /** A run that is killed when it has announced its first bare statement and before it sends it. */
    async function interrupt(sql: string): Promise<{ readonly tree: BareTree; readonly schema: string }> {
      const tree = makeBareTree({ table: TABLE, bare: { up: `-- bfm: transaction=none\n${sql};` } });
      const schema = `other_${(made += 1)}`;
      const killed = await up(tree, schema, {
        BFM_ENABLE_FAILPOINTS: '1',
        BFM_FAILPOINTS: 'bare.intent_committed=kill',
      });
      expect(killed.code).toBeNull();
      return { tree, schema };
    }

    const indexes = (schema: string): Promise<unknown[]> =>
      db.query(
        'SELECT pg_get_indexdef(indexrelid) AS definition FROM pg_index WHERE indrelid::regclass::text LIKE $1',
        [`${schema}.%`],
      );

    const ASKED =
      "CREATE INDEX CONCURRENTLY items_tag ON {{.Schema}}.items USING btree (lower(tag), id DESC) WHERE tag <> ''";

    it.each([
      ['another table', "CREATE INDEX items_tag ON others (lower(tag), id DESC) WHERE tag <> ''"],
      ['other columns', "CREATE INDEX items_tag ON items (lower(tag)) WHERE tag <> ''"],
      ['another expression', "CREATE INDEX items_tag ON items (upper(tag), id DESC) WHERE tag <> ''"],
      ['another order', "CREATE INDEX items_tag ON items (lower(tag), id) WHERE tag <> ''"],
      ['another condition', 'CREATE INDEX items_tag ON items (lower(tag), id DESC)'],
      ['uniqueness', "CREATE UNIQUE INDEX items_tag ON items (lower(tag), id DESC) WHERE tag <> ''"],
      [
        'another collation',
        `CREATE INDEX items_tag ON items (lower(tag) COLLATE "C", id DESC) WHERE tag <> ''`,
      ],
      [
        'another operator class',
        "CREATE INDEX items_tag ON items (lower(tag) text_pattern_ops, id DESC) WHERE tag <> ''",
      ],
    ])('an index of the same name with %s is not taken for the one asked for', async (_what, theirs) => {
      const { tree, schema } = await interrupt(ASKED);
      using _ = tree;
      await db.query(`SET search_path = ${schema}; ${theirs}; RESET search_path`);
      const before = await indexes(schema);
      const refused = await up(tree, schema);
      expect(refused.code).toBe(6);
      expect(refused.stdout).toContain('"step.other_object"');
      expect(refused.stdout).toContain('bfm repair mark-');
      expect(await indexes(schema)).toEqual(before);
      await db.query(`DROP INDEX ${schema}.items_tag`);
      expect((await up(tree, schema)).code).toBe(0);
      expect(await indexes(schema)).toHaveLength(1);
    });

    it.each([
      ASKED,
      'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS items_tag ON items ("a,b", (items.id + 1)) INCLUDE (tag) NULLS NOT DISTINCT WITH (fillfactor = 50)',
      'CREATE INDEX CONCURRENTLY items_tag ON ONLY items USING hash (tag)',
    ])('an index that is the one asked for is taken for it: %s', async (sql) => {
      const { tree, schema } = await interrupt(sql);
      using _ = tree;
      const same = sql.replace('CONCURRENTLY', '').replace('{{.Schema}}', schema);
      await db.query(`SET search_path = ${schema}; ${same}; RESET search_path`);
      const [before] = await db.query('SELECT to_regclass($1)::oid AS oid', [`${schema}.items_tag`]);
      expect((await up(tree, schema)).code).toBe(0);
      expect(await db.query('SELECT to_regclass($1)::oid AS oid', [`${schema}.items_tag`])).toEqual([before]);
    });

    it('an INVALID index of others is neither dropped nor built upon', async () => {
      const { tree, schema } = await interrupt(ASKED);
      using _ = tree;
      await db.query(`INSERT INTO ${schema}.items VALUES (1, 'a'), (1, 'a')`);
      await db
        .query(`CREATE UNIQUE INDEX CONCURRENTLY items_tag ON ${schema}.items (tag)`)
        .catch(() => undefined);
      const refused = await up(tree, schema);
      expect(refused.code).toBe(6);
      expect(await indexes(schema)).toHaveLength(1);
    });

    it('an index made anew under the name of one that is to be dropped is left alone', async () => {
      const tree = makeBareTree({
        table: { up: `${TABLE.up}\nCREATE INDEX items_tag ON items (tag);` },
        bare: { up: '-- bfm: transaction=none\nDROP INDEX CONCURRENTLY items_tag;' },
      });
      using _ = tree;
      await up(tree, 'anew', { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: 'bare.intent_committed=kill' });
      await db.query('DROP INDEX anew.items_tag; CREATE INDEX items_tag ON anew.items (id)');
      const refused = await up(tree, 'anew');
      expect(refused.code).toBe(6);
      expect(refused.stdout).toContain('"step.other_object"');
      expect(await indexes('anew')).toHaveLength(1);
    });

    it('a database of the same name and another owner is not taken for the one asked for', async () => {
      const name = `${db.name}_other`;
      const { tree, schema } = await interrupt(`CREATE DATABASE ${name}`);
      using _ = tree;
      try {
        await db.query(`CREATE ROLE ${name}_owner`);
        await db.query(`CREATE DATABASE ${name} OWNER ${name}_owner`);
        const refused = await up(tree, schema);
        expect(refused.code).toBe(6);
        expect(refused.stdout).toContain('"step.other_object"');
        await db.query(`ALTER DATABASE ${name} OWNER TO current_user`);
        expect((await up(tree, schema)).code).toBe(0);
      } finally {
        await db.query(`DROP DATABASE IF EXISTS ${name}`);
        await db.query(`DROP ROLE IF EXISTS ${name}_owner`);
      }
    });
  },
);
