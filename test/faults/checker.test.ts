import { findUnsound, shapeOf, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, runBfm } from '../support/bfm.ts';
import { makeEffectTree, type EffectTree } from '../support/effect-tree.ts';

const db = await useTestDatabase(18);
const environment = connectionsTo(db.url, 'tenant');
const SECRET = 'canary-4711';

describe('the checker', () => {
  let tree: EffectTree;
  let other: pg.Client;

  async function bfm(verb: string, ...args: readonly string[]): Promise<void> {
    const end = await runBfm(
      [verb, '--sfm', tree.sfm, '--schema', 'a', '--schema', 'b', ...args],
      environment,
    );
    expect(end).toMatchObject({ code: 0 });
  }

  beforeAll(async () => {
    buildCli();
    tree = await makeEffectTree(db, { kinds: ['transaction', 'bare', 'batch'] });
    await bfm('up');
  });
  afterAll(async () => {
    await tree[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    other = new pg.Client({ connectionString: db.url });
    await other.connect();
  });
  afterEach(async () => {
    await other.end();
  });

  const world = async (): Promise<readonly string[]> =>
    findUnsound({
      url: db.url,
      unlogged: tree.unlogged,
      shaped: { schemas: ['a', 'b'], as: await shapeOf(db.url, 'a') },
      pids: [999_999_999],
      secrets: { canaries: [SECRET], texts: ['nothing'] },
      settleMs: 100,
    });

  it('finds nothing after runs up, down and up again', async () => {
    expect(await world()).toEqual([]);
    await bfm('down', '--all', '--yes');
    expect(await world()).toEqual([]);
    await bfm('up');
    expect(await world()).toEqual([]);
  });

  it.each([
    [
      'an effect too many',
      `INSERT INTO public.effect_log (migration, target) VALUES ('step_1', 'a')`,
      /step_1 in a: 2 effects/,
    ],
    [
      'an effect that nobody knows of',
      `INSERT INTO public.effect_log (migration, target) VALUES ('step_9', 'a')`,
      /step_9 in a: 1 effects, the ledger says nothing/,
    ],
    [
      'an effect that is missing',
      `DELETE FROM public.effect_log WHERE migration = 'step_1' AND target = 'b'`,
      /step_1 in b: 0 effects/,
    ],
    [
      'a ledger that forgot',
      `DELETE FROM bfm.ledger WHERE migration_id LIKE '%step_1_postgresql_tenant'`,
      /the ledger says nothing/,
    ],
    [
      'an event too many',
      `INSERT INTO bfm.event (scope_id, kind, migration_id, revision_id, run_id, actor, fence_token) SELECT scope_id, kind, migration_id, revision_id, run_id, actor, fence_token FROM bfm.event ORDER BY event_id DESC LIMIT 1`,
      /twice in a row/,
    ],
    ['no event', `DELETE FROM bfm.event`, /no event says so/],
    [
      'a token that went back',
      `UPDATE bfm.event SET fence_token = 0 WHERE event_id = (SELECT max(event_id) FROM bfm.event)`,
      /has token 0 after/,
    ],
    ['a token from nowhere', `UPDATE bfm.scope SET fence_token = 1`, /\(the fence has 1\)/],
    [
      'a wrong digest',
      `UPDATE bfm.scope SET digest = 1::bit(128) WHERE schema_name = 'a'`,
      /the digest of tenant\/a/,
    ],
    [
      'something unfinished',
      `UPDATE bfm.ledger SET status = 'started' WHERE migration_id LIKE '%step_2_postgresql_tenant'`,
      /has not ended: started/,
    ],
    ['a column too many', `ALTER TABLE b.step_1 ADD COLUMN more int`, /b is made otherwise: with .*more/],
    ['a secret', `UPDATE bfm.event SET actor = 'root:${SECRET}@here'`, /a secret is in the ledger: .*\*\*\*/],
    [
      'an INVALID index',
      `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'a.step_2_note_idx'::regclass`,
      /INVALID index a.step_2_note_idx/,
    ],
  ])('finds %s', async (_, fault, words) => {
    // The checker looks from a session of its own, so the fault is committed, and what it changed put back.
    const tables = ['public.effect_log', 'bfm.ledger', 'bfm.event', 'bfm.scope'];
    for (const [index, table] of tables.entries()) {
      await other.query(`CREATE TABLE public.kept_${index} AS TABLE ${table}`);
    }
    try {
      await other.query(fault);
      expect(await world()).toContainEqual(expect.stringMatching(words));
    } finally {
      await other.query(
        `SET session_replication_role = replica; UPDATE pg_index SET indisvalid = true; ALTER TABLE b.step_1 DROP COLUMN IF EXISTS more`,
      );
      await other.query(`ALTER TABLE bfm.ledger DISABLE TRIGGER ALL`);
      for (const [index, table] of tables.entries()) {
        await other.query(`DELETE FROM ${table}`);
        await other.query(
          `INSERT INTO ${table} OVERRIDING SYSTEM VALUE TABLE public.kept_${index}; DROP TABLE public.kept_${index}`,
        );
      }
      await other.query(
        `ALTER TABLE bfm.ledger ENABLE ALWAYS TRIGGER digest_row, ENABLE ALWAYS TRIGGER digest_truncated`,
      );
    }
    expect(await world()).toEqual([]);
  });

  it('finds locks, transactions and processes', async () => {
    await other.query('BEGIN; SELECT pg_advisory_lock(1)');
    const found = await findUnsound({ url: db.url, unlogged: 'all', pids: [process.pid], settleMs: 100 });
    await other.query('ROLLBACK; SELECT pg_advisory_unlock_all()');
    expect(found).toEqual([
      expect.stringMatching(/^advisory lock of pid \d+$/),
      expect.stringMatching(/^session of .*idle in transaction/),
      `process ${process.pid}`,
    ]);
  });

  it('finds a secret in what was told', async () => {
    const secrets = { canaries: [SECRET], texts: [`password=${SECRET}`] };
    expect(await findUnsound({ url: db.url, unlogged: 'all', secrets })).toEqual([
      'a secret is told: password=***',
    ]);
  });
});
