import { buildCatalog } from '@bfm/engine';
import { makeDraft, MemoryWorld, POSTGRES_MAJORS, useTestDatabase, type DraftParts } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { makeStore } from './make-store.ts';

const db = await useTestDatabase(15);

const FALSE_DIGESTS = `
SELECT s.schema_name FROM bfm.scope s LEFT JOIN bfm.ledger l USING (scope_id) GROUP BY s.scope_id
HAVING s.digest <> coalesce(bit_xor(bfm.row_digest(l.revision_id, l.status)), 0::bit(128))`;

describe.each(['per-migration', 'per-target'] as const)('recording %s', (commit) => {
  it('keeps the digest of the ledger through all that can happen to a migration', async () => {
    const store = makeStore(db.url);
    const schema = `digest_${commit.slice(4)}`;
    const world = (third: string): MemoryWorld => {
      const scripts: Partial<DraftParts>[] = [
        'CREATE TABLE a (id int)',
        'CREATE TABLE b (id int)',
        third,
      ].map((up, index) => ({ up: [up], down: [`DROP TABLE ${['a', 'b', 'c'][index] ?? ''}`] }));
      const drafts = scripts.map((script, index) =>
        makeDraft({ version: `2025010100000${index}`, schema, ...script }),
      );
      return new MemoryWorld(buildCatalog(drafts, { defaultSchemas: new Map() }).catalog, store);
    };
    const outcomes = async (
      here: MemoryWorld,
      ...args: Parameters<MemoryWorld['apply']>
    ): Promise<string[]> => {
      const { steps } = await here.apply(args[0], { commit, ...args[1] });
      expect(await db.query(FALSE_DIGESTS)).toEqual([]);
      return steps.map(({ outcome }) => outcome);
    };
    const [faulty, mended] = [world('CREATE TABLE c (id nothing)'), world('CREATE TABLE c (id int)')];
    const first = commit === 'per-target' ? 'not_started' : 'applied';
    expect(await outcomes(faulty)).toEqual([first, first, 'failed']);
    expect(new Set(await outcomes(mended))).toEqual(new Set(['applied']));
    expect(await outcomes(mended, { direction: 'down', all: true })).toEqual(Array(3).fill('rolled_back'));
    expect(await outcomes(mended)).toEqual(Array(3).fill('applied'));
    const events = await db.query(
      'SELECT kind, count(*)::int AS n FROM bfm.event JOIN bfm.scope USING (scope_id) WHERE schema_name = $1 GROUP BY 1 ORDER BY 1',
      [schema],
    );
    expect(events).toEqual([
      { kind: 'applied', n: 6 },
      { kind: 'failed', n: 1 },
      { kind: 'rolled_back', n: 3 },
    ]);
    await store.close();
  });
});

describe.each(POSTGRES_MAJORS)('a script that meddles with the ledger on PostgreSQL %i', async (major) => {
  const meddled = await useTestDatabase(major);

  it.each(["SET bfm.keeps_digest = 'on'", "SET LOCAL bfm.keeps_digest = 'on'"])(
    'cannot make the digest untrue by %s',
    async (setting) => {
      const store = makeStore(meddled.url);
      const schema = `meddled_${setting.length}`;
      const drafts = [
        ['CREATE TABLE a (id int)'],
        [
          setting,
          `UPDATE bfm.ledger SET status = 'deferred' WHERE scope_id = (SELECT scope_id FROM bfm.scope WHERE schema_name = '${schema}')`,
        ],
      ].map((up, index) => makeDraft({ version: `2025010100000${index}`, schema, up }));
      const here = new MemoryWorld(buildCatalog(drafts, { defaultSchemas: new Map() }).catalog, store);
      const { steps } = await here.apply();
      expect(steps.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
      expect(await meddled.query("SELECT 1 FROM bfm.ledger WHERE status = 'deferred'")).not.toEqual([]);
      expect(await meddled.query(FALSE_DIGESTS)).toEqual([]);
      await store.close();
    },
  );
});
