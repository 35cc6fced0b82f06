import {
  parseConnectionName,
  parseSchemaName,
  type ConnectionName,
  type SchemaName,
  type Target,
} from '@bfm/core';
import type { LockedEntry, StoreSnapshot } from '@bfm/engine';
import { POSTGRES_MAJORS, useTestDatabase, type TestDatabase } from '@bfm/testing';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { inspect } from '../src/inspect.ts';
import { FORMAT_1 } from '../src/ledger-format/format-1.ts';
import { makeStore } from './make-store.ts';

const APP = connectionName('app');

// Tenants a and b say the same, c less, d nothing; every schema is there.
const LEDGERS = `
CREATE SCHEMA a; CREATE SCHEMA b; CREATE SCHEMA c; CREATE SCHEMA d;
INSERT INTO bfm.scope (connection, schema_name, schema_oid, database_identity, fence_token, fence_holder)
SELECT 'app', n.nspname, n.oid, 'unknown', 1, 'nobody' FROM pg_namespace n WHERE n.nspname IN ('a', 'b', 'c', 'd')
ORDER BY n.nspname DESC;
INSERT INTO bfm.revision (migration_id, version, name, checksum, algorithm, body)
SELECT 'm' || n, '20250101000000', 'm' || n, 'c' || n, 'x', '' FROM generate_series(1, 3) AS n;
INSERT INTO bfm.ledger (scope_id, migration_id, revision_id, status, run_id)
SELECT s.scope_id, r.migration_id, r.revision_id, CASE WHEN r.migration_id = 'm3' THEN 'failed' ELSE 'applied' END, 'run'
FROM bfm.scope s, bfm.revision r
WHERE s.schema_name IN ('a', 'b') OR (s.schema_name = 'c' AND r.migration_id = 'm1')`;

// Of another database: nothing is said here of restored copies.
const IDENTITY = `
UPDATE bfm.scope SET database_identity = (SELECT system_identifier::text FROM pg_control_system())
  || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())`;

describe.each(POSTGRES_MAJORS)('inspecting ledgers on PostgreSQL %i', async (major) => {
  const [db, older] = [await useTestDatabase(major), await useTestDatabase(major)];
  const store = makeStore(db.url);
  afterAll(() => store.close());

  const look = (): Promise<StoreSnapshot> =>
    store.inspect([{ connection: APP, schemas: schemas('a', 'b', 'c', 'd', 'nowhere') }]);

  it('finds schemas where there is no ledger, and what they hold', async () => {
    await db.query('CREATE SCHEMA with_function; CREATE FUNCTION with_function.f() RETURNS int RETURN 1');
    await db.query('CREATE SCHEMA with_type; CREATE TYPE with_type.t AS ENUM ()');
    await db.query('CREATE SCHEMA with_extension; CREATE EXTENSION citext SCHEMA with_extension');
    const names = schemas('with_function', 'with_type', 'with_extension', 'nowhere');
    const { targets, ledgerConnections } = await store.inspect([{ connection: APP, schemas: names }]);
    expect(targets.map(({ presence }) => presence)).toEqual(['populated', 'populated', 'empty', 'missing']);
    expect(targets.every(({ scope }) => scope === 'none')).toBe(true);
    expect(ledgerConnections).toEqual([]);
    expect(await store.inspect([{ connection: APP, schemas: 'known' }])).toMatchObject({ targets: [] });
  });

  it('shares one shape among targets whose ledgers say the same, and keeps the order asked for', async () => {
    await store.prepare([]);
    await db.query(`${LEDGERS};${IDENTITY}`);
    const { targets, ledgerConnections, rebound } = await look();
    expect(targets.map(({ target }) => target.schema)).toEqual(['a', 'b', 'c', 'd', 'nowhere']);
    expect(targets.map(({ presence }) => presence)).toEqual([
      'populated',
      'populated',
      'populated',
      'empty',
      'missing',
    ]);
    expect(targets.map(({ scope }) => scope)).toEqual(['known', 'known', 'known', 'known', 'none']);
    const [a, b, c, d] = targets.map(({ shape }) => shape);
    expect(b).toBe(a);
    expect(statuses(a)).toEqual(['m1 applied', 'm2 applied', 'm3 failed']);
    expect(statuses(c)).toEqual(['m1 applied']);
    expect(statuses(d)).toEqual([]);
    expect({ ledgerConnections, rebound }).toEqual({ ledgerConnections: ['app'], rebound: [] });
  });

  it('gives every target that a ledger knows, ordered, before those asked for by name', async () => {
    const { targets } = await store.inspect([
      { connection: connectionName('other'), schemas: schemas('b') },
      { connection: APP, schemas: 'known' },
    ]);
    expect(targets.map(({ target: { connection, schema } }) => `${connection}/${schema}`)).toEqual([
      'app/a',
      'app/b',
      'app/c',
      'app/d',
      'other/b',
    ]);
    expect(targets.at(-1)).toMatchObject({ presence: 'empty', scope: 'none' });
  });

  it('gives equal ledgers the same key whenever it is asked, and whichever it asks for', async () => {
    const [both, alone] = [await look(), await store.inspect([{ connection: APP, schemas: schemas('b') }])];
    expect(alone.targets[0]?.shape.key).toBe(both.targets[0]?.shape.key);
    expect(both.targets[2]?.shape.key).not.toBe(both.targets[0]?.shape.key);
  });

  it('asks one question in one round trip', async () => {
    const client = new pg.Client({ connectionString: db.url, ...{ pipeline: true } });
    await client.connect();
    const sent: string[] = [];
    const query = client.query.bind(client) as (...args: readonly unknown[]) => unknown;
    client.query = ((...args: readonly unknown[]) => {
      sent.push(String(args[0]).trim().slice(0, 5));
      return query(...args);
    }) as typeof client.query;
    const answer = inspect(client, 'here', [{ connection: APP, schemas: 'known' }]);
    // All of it is sent before any answer can have come.
    expect(sent).toEqual(['BEGIN', 'WITH ', 'COMMI']);
    expect((await answer).targets).toHaveLength(4);
    expect(sent).toHaveLength(3);
    await client.end();
  });

  it('tells a recreated schema and a ledger of another copy of the database from a known one', async () => {
    await db.query('DROP SCHEMA c; CREATE SCHEMA c');
    await db.query("UPDATE bfm.scope SET database_identity = 'copy' WHERE schema_name = 'b'");
    const { targets, rebound } = await look();
    expect(targets.map(({ scope }) => scope)).toEqual(['known', 'known', 'recreated', 'known', 'none']);
    expect(targets[2]?.presence).toBe('empty');
    expect(rebound).toEqual(['b']);
  });

  it('sees rows that somebody deletes or edits by hand', async () => {
    await db.query("DELETE FROM bfm.ledger WHERE migration_id = 'm2' AND scope_id = $1", [
      await scopeOf('a'),
    ]);
    await db.query("UPDATE bfm.ledger SET status = 'rolled_back' WHERE scope_id = $1", [await scopeOf('c')]);
    const { targets } = await look();
    expect(statuses(targets[0]?.shape)).toEqual(['m1 applied', 'm3 failed']);
    expect(statuses(targets[1]?.shape)).toEqual(['m1 applied', 'm2 applied', 'm3 failed']);
    expect(statuses(targets[2]?.shape)).toEqual(['m1 rolled_back']);
  });

  it('believes the rows when they were changed behind the back of the triggers', async () => {
    await unwatched("UPDATE bfm.ledger SET status = 'applied' WHERE migration_id = 'm3'");
    const { targets } = await look();
    expect(statuses(targets[0]?.shape)).toEqual(['m1 applied', 'm3 applied']);
    expect(statuses(targets[1]?.shape)).toEqual(['m1 applied', 'm2 applied', 'm3 applied']);
    await db.query('TRUNCATE bfm.ledger');
    expect((await look()).targets.map(({ shape }) => shape.entries.size)).toEqual([0, 0, 0, 0, 0]);
    const zero = await db.query('SELECT DISTINCT digest = 0::bit(128) AS zero FROM bfm.scope');
    expect(zero).toEqual([{ zero: true }]);
  });

  it('reads format 1 as it would after the upgrade, and leaves it as it is', async () => {
    await older.query(`${FORMAT_1};${LEDGERS}`);
    const under = makeStore(older.url);
    const asked = [{ connection: APP, schemas: 'known' as const }];
    const before = await under.inspect(asked);
    expect(before.targets.map(({ shape }) => shape.entries.size)).toEqual([3, 3, 1, 0]);
    expect(await older.query('SELECT version FROM bfm.format')).toEqual([{ version: 1 }]);
    await under.prepare([]);
    expect(await under.inspect(asked)).toEqual(before);
    await under.close();
  });

  it('refuses a format it does not know, before and after anything else changed', async () => {
    await older.query('UPDATE bfm.format SET version = 99');
    const under = makeStore(older.url);
    const asked = [{ connection: APP, schemas: 'known' as const }];
    await expect(under.inspect(asked)).rejects.toMatchObject({ code: 'ledger.newer_format' });
    await older.query('ALTER TABLE bfm.scope DROP COLUMN digest');
    await expect(under.inspect(asked)).rejects.toMatchObject({ code: 'ledger.newer_format' });
    await under.close();
  });

  async function scopeOf(schema: string): Promise<number> {
    const sql = 'SELECT scope_id FROM bfm.scope WHERE schema_name = $1';
    const [row] = await db.query<{ scope_id: number }>(sql, [schema]);
    return row?.scope_id ?? 0;
  }

  async function unwatched(sql: string): Promise<void> {
    await withTriggersAsleep(db, sql);
  }
});

async function withTriggersAsleep(db: TestDatabase, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: db.url });
  await client.connect();
  await client.query("SET bfm.keeps_digest = 'on'");
  await client.query(sql);
  await client.end();
}

function statuses(shape: StoreSnapshot['targets'][number]['shape'] | undefined): string[] {
  return [...(shape?.entries.values() ?? [])].map(({ migrationId, status }) => `${migrationId} ${status}`);
}

function connectionName(text: string): ConnectionName {
  const result = parseConnectionName(text);
  if (!result.ok) throw new Error(result.reason);
  return result.name;
}

function schemas(...texts: string[]): SchemaName[] {
  return texts.map((text) => {
    const result = parseSchemaName(text);
    if (!result.ok) throw new Error(result.reason);
    return result.name;
  });
}

describe('taking targets whose ledgers say the same', async () => {
  const db = await useTestDatabase(18);
  const store = makeStore(db.url);
  afterAll(() => store.close());

  async function entriesOf(schema: string, mayShare: boolean): Promise<ReadonlyMap<string, LockedEntry>> {
    const target = { backend: 'postgresql', connection: APP, schema: schemas(schema)[0] } as Target;
    const signal = new AbortController().signal;
    const opened = await store.tryOpen({ target, runId: 'run', actor: 'me', signal, mayShare });
    if (!opened.ok) throw new Error(`held by ${opened.holder.name}`);
    await using session = opened.session;
    return session.entries;
  }

  it('reads one of them, and each that differs or must be exact', async () => {
    await store.prepare([]);
    await db.query(`${LEDGERS};${IDENTITY}`);
    await db.query("UPDATE bfm.ledger SET run_id = 'run of ' || scope_id");
    const a = await entriesOf('a', true);
    expect([...a.keys()]).toEqual(['m1', 'm2', 'm3']);
    expect(await entriesOf('b', true)).toBe(a);
    expect([...(await entriesOf('c', true)).keys()]).toEqual(['m1']);
    const exact = await entriesOf('b', false);
    expect(exact.get('m1')?.runId).not.toBe(a.get('m1')?.runId);
    await db.query("DELETE FROM bfm.ledger WHERE migration_id = 'm3' AND run_id = $1", [
      exact.get('m3')?.runId,
    ]);
    expect([...(await entriesOf('b', true)).keys()]).toEqual(['m1', 'm2']);
    expect(await entriesOf('a', true)).toBe(a);
  });
});
