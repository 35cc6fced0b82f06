import { catalogFingerprint, POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { FORMAT_1 } from '../src/ledger-format/format-1.ts';
import { makeStore } from './make-store.ts';

const ROWS = `
INSERT INTO bfm.scope (connection, schema_name, database_identity, fence_token, fence_holder)
SELECT 'core', schema, 'elsewhere', 1, 'nobody' FROM unnest(ARRAY['a', 'b', 'c']) AS schema;
INSERT INTO bfm.revision (migration_id, version, name, checksum, algorithm, body)
SELECT 'm' || n, '20250101000000', 'm' || n, 'c' || n, 'x', '' FROM generate_series(1, 3) AS n;
INSERT INTO bfm.ledger (scope_id, migration_id, revision_id, status, run_id)
SELECT s.scope_id, r.migration_id, r.revision_id, 'applied', 'run' FROM bfm.scope s, bfm.revision r
WHERE s.schema_name <> 'c' OR r.migration_id = 'm1'`;

const DIGESTS = `
SELECT s.schema_name AS schema, s.digest = coalesce(d.digest, 0::bit(128)) AS true, s.digest::text AS digest
FROM bfm.scope s LEFT JOIN (SELECT scope_id, bit_xor(bfm.row_digest(revision_id, status)) AS digest FROM bfm.ledger GROUP BY 1) d
  USING (scope_id) ORDER BY 1`;

describe.each(POSTGRES_MAJORS)('the ledger on PostgreSQL %i', async (major) => {
  const [older, newer] = [await useTestDatabase(major), await useTestDatabase(major)];

  async function prepare(url: string): Promise<void> {
    const store = makeStore(url);
    await store.prepare([]);
    await store.close();
  }

  async function change(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: older.url });
    await client.connect();
    await client.query(sql);
    await client.end();
  }

  it('is upgraded from format 1 to what a new one is, its rows kept', async () => {
    await change(`${FORMAT_1};${ROWS}`);
    await Promise.all([prepare(older.url), prepare(older.url), prepare(newer.url)]);
    expect(await older.query('SELECT version FROM bfm.format')).toEqual([{ version: 3 }]);
    expect(await older.query('SELECT count(*)::int AS rows FROM bfm.ledger')).toEqual([{ rows: 7 }]);
    const fresh = await catalogFingerprint(newer.url, { schemas: ['bfm'] });
    expect(await catalogFingerprint(older.url, { schemas: ['bfm'] })).toBe(fresh);
  });

  it('keeps a digest per target that is equal for equal ledgers, whoever writes them', async () => {
    const digests = async (): Promise<readonly string[]> => {
      const rows = await older.query<{ true: boolean; digest: string }>(DIGESTS);
      expect(rows.map((row) => row.true)).toEqual([true, true, true]);
      return rows.map(({ digest }) => digest);
    };
    const [a, b, c] = await digests();
    expect(a).toBe(b);
    expect(c).not.toBe(a);
    await change("DELETE FROM bfm.ledger WHERE migration_id IN ('m2', 'm3') AND scope_id = 1");
    expect((await digests())[0]).toBe(c);
    await change("UPDATE bfm.ledger SET status = 'rolled_back' WHERE migration_id = 'm1'");
    const [after, , third] = await digests();
    expect(after).toBe(third);
    expect(after).not.toBe(c);
  });

  it('is made by a login that is no superuser, and kept by it', async () => {
    const role = `${newer.name}_plain`;
    await newer.query(
      `DROP SCHEMA bfm CASCADE; CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT CREATE ON DATABASE ${newer.name} TO ${role}`,
    );
    try {
      const url = new URL(newer.url);
      url.username = role;
      url.password = 'x';
      await prepare(url.href);
      await newer.query(`INSERT INTO bfm.scope (connection, schema_name, schema_oid, database_identity, fence_token, fence_holder) VALUES ('core', 'public', 'public'::regnamespace, 'x', 1, 'nobody');
        INSERT INTO bfm.revision (migration_id, version, name, checksum, algorithm, body) VALUES ('m1', '20250101000000', 'm1', 'c1', 'x', '')`);
      await newer.query(`SET ROLE ${role}; SELECT bfm.record(1, 'm1', 1, 'r', 'a', 1, 'nobody', true, false); SELECT bfm.record(1, 'm1', 1, 'r', 'a', 1, 'nobody', false, false);
        UPDATE bfm.ledger SET status = 'failed'; RESET ROLE`);
      expect(await newer.query<{ true: boolean }>(DIGESTS)).toMatchObject([{ true: true }]);
    } finally {
      await newer.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
    }
  });
});
