import type { Checksum, ConnectionName, MigrationId, SchemaName, Target, Version } from '@bfm/core';
import type { EditOptions, LedgerEdit, Revision } from '@bfm/engine';
import { POSTGRES_MAJORS, useTestDatabase, until } from '@bfm/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { makeStore } from './make-store.ts';

const CHECKSUM = 'c1' as Checksum;
const FIRST = '20250101000000_one_postgresql_app' as MigrationId;
const REVISION: Revision = {
  migrationId: FIRST,
  version: '20250101000000' as Version,
  name: 'one',
  checksum: CHECKSUM,
  algorithm: 'test@1',
  text: 'SELECT 1',
};
const MARK: LedgerEdit = {
  kind: 'repaired',
  action: 'mark-applied',
  reason: 'because',
  changes: [{ migrationId: FIRST, before: null, after: { status: 'applied', checksum: CHECKSUM } }],
  done: null,
  deferred: [],
  detail: {},
};

function options(schema: string, withCatalog = false): EditOptions {
  const target = { backend: 'postgresql', connection: 'app', schema } as unknown as Target & {
    readonly connection: ConnectionName;
    readonly schema: SchemaName;
  };
  return { target, runId: 'run-1', actor: 'tester@here', signal: new AbortController().signal, withCatalog };
}

describe.each(POSTGRES_MAJORS)('editing ledgers on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const [store, other] = [makeStore(db.url), makeStore(db.url)];
  afterAll(() => Promise.all([store.close(), other.close()]));

  async function prepare(schema: string): Promise<void> {
    await store.prepare([REVISION]);
    await db.query(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.t (id int)`);
  }

  it('writes rows and events together, and keeps the digest of the ledger', async () => {
    await prepare('edit_a');
    expect(await store.keeper.edit(options('edit_a'), () => MARK)).toEqual({ ok: true, edit: MARK });
    expect(
      await db.query(`SELECT s.digest = bfm.row_digest(l.revision_id, l.status) AS sound, l.status, e.kind, e.reason,
        e.detail ->> 'action' AS action, e.fence_token = s.fence_token AS fenced
        FROM bfm.scope s JOIN bfm.ledger l USING (scope_id) JOIN bfm.event e USING (scope_id) WHERE s.schema_name = 'edit_a'`),
    ).toEqual([
      {
        sound: true,
        status: 'applied',
        kind: 'repaired',
        reason: 'because',
        action: 'mark-applied',
        fenced: true,
      },
    ]);
  });

  it('gives nothing to do while another holds the target, and names it', async () => {
    await prepare('edit_b');
    const opened = await other.tryOpen(options('edit_b'));
    if (!opened.ok) throw new Error('was held');
    const decided: string[] = [];
    const result = await store.keeper.edit(options('edit_b'), () => {
      decided.push('decided');
      return MARK;
    });
    expect(result).toMatchObject({
      ok: false,
      holder: { name: expect.stringContaining('tester@here') as unknown },
    });
    expect(decided).toEqual([]);
    await opened.session[Symbol.asyncDispose]();
    expect(await store.keeper.edit(options('edit_b'), () => MARK)).toMatchObject({ ok: true });
  });

  it('makes whoever was there before powerless', async () => {
    await prepare('edit_c');
    const opened = await other.tryOpen(options('edit_c'));
    if (!opened.ok) throw new Error('was held');
    // The lock is gone, as after a pooler's reset; the fence decides.
    await db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    await store.keeper.edit(options('edit_c'), () => MARK);
    await expect(
      opened.session.note([{ migrationId: FIRST, status: 'failed', error: 'x' }]),
    ).rejects.toThrow();
    await opened.session[Symbol.asyncDispose]();
    expect(await db.query("SELECT count(*)::int AS n FROM bfm.event WHERE kind = 'failed'")).toEqual([
      { n: 0 },
    ]);
  });

  it('changes nothing when the decision throws or is to change nothing, and frees the target', async () => {
    await prepare('edit_d');
    const refuse = (): LedgerEdit => {
      throw new RangeError('no');
    };
    await expect(store.keeper.edit(options('edit_d'), refuse)).rejects.toThrow();
    // The session that was thrown away frees the target when the server has seen its end.
    const freed = await until(
      async () => {
        const edited = await other.keeper.edit(options('edit_d'), () => null);
        return edited.ok ? edited : null;
      },
      { what: 'the target to be free' },
    );
    expect(freed).toEqual({ ok: true, edit: null });
    const { connection, schema } = options('edit_d').target;
    const [state] = (await store.inspect([{ connection, schemas: [schema] }])).targets;
    expect(state?.shape.entries.size).toBe(0);
  });

  it('shows the schema as it is inside the lock, and keeps its checksum', async () => {
    await prepare('edit_e');
    const seen = (await store.keeper.catalogChecksums(['edit_e' as SchemaName])).get('edit_e' as SchemaName);
    await store.keeper.edit(options('edit_e', true), ({ catalogChecksum }) => {
      expect(catalogChecksum).toBe(seen);
      return { ...MARK, kind: 'baselined' };
    });
    const rows = await db.query(
      "SELECT detail ->> 'catalog' AS catalog FROM bfm.event WHERE kind = 'baselined'",
    );
    expect(rows).toEqual([{ catalog: seen }]);
    const { target } = options('edit_e');
    expect(await store.keeper.baselined([target])).toEqual(new Map([['app/edit_e', new Set([FIRST])]]));
  });

  it('refuses a schema that is gone', async () => {
    await prepare('edit_f');
    await db.query('DROP SCHEMA edit_f CASCADE');
    await expect(store.keeper.edit(options('edit_f'), () => MARK)).rejects.toMatchObject({
      name: 'BfmError',
    });
  });
});
