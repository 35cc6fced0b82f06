import { catalogFingerprint, POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { ledgerSetupScript, type LedgerRoles } from '@bfm/postgresql';
import { afterAll, describe, expect, it } from 'vitest';
import { FORMAT_1 } from '../src/ledger-format/format-1.ts';
import { LEDGER_FORMAT } from '../src/ledger-ddl.ts';
import { makeStore } from './make-store.ts';

const NOBODY: LedgerRoles = { owner: null, migrators: [], readers: [] };

describe.each(POSTGRES_MAJORS)('the script for a DBA on PostgreSQL %i', async (major) => {
  const [own, fresh, old] = [
    await useTestDatabase(major),
    await useTestDatabase(major),
    await useTestDatabase(major),
  ];
  const roles = ['owner', 'migrator', 'odd "one" %s'].map((name) => `${own.name}_${name}`);
  const [owner = '', migrator = '', odd = ''] = roles;
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  for (const role of roles) await own.query(`CREATE ROLE ${quoted(role)} LOGIN PASSWORD 'x'`);
  afterAll(async () => {
    for (const role of roles) {
      for (const db of [own, fresh, old]) await db.query(`DROP OWNED BY ${quoted(role)} CASCADE`);
      await own.query(`DROP ROLE ${quoted(role)}`);
    }
  });

  it('makes what BFM makes itself, of nothing and of an older format, and can be run again', async () => {
    const store = makeStore(own.url);
    await store.prepare([]);
    await store.close();
    await fresh.query(ledgerSetupScript(NOBODY));
    await fresh.query(ledgerSetupScript(NOBODY));
    await old.query(`${FORMAT_1}; INSERT INTO bfm.scope (connection, schema_name, database_identity, fence_token, fence_holder)
      VALUES ('core', 'a', 'x', 1, 'nobody')`);
    await old.query(ledgerSetupScript(NOBODY));
    const expected = await catalogFingerprint(own.url, { schemas: ['bfm'] });
    expect(await catalogFingerprint(fresh.url, { schemas: ['bfm'] })).toBe(expected);
    expect(await catalogFingerprint(old.url, { schemas: ['bfm'] })).toBe(expected);
    expect(
      await old.query('SELECT version, (SELECT count(*)::int FROM bfm.scope) AS kept FROM bfm.format'),
    ).toEqual([{ version: LEDGER_FORMAT, kept: 1 }]);
  });

  it('grants what a login needs that may create nothing, whatever its name is', async () => {
    await fresh.query(ledgerSetupScript({ ...NOBODY, migrators: [migrator, odd] }));
    for (const name of [migrator, odd]) {
      const url = new URL(fresh.url);
      url.username = encodeURIComponent(name);
      url.password = 'x';
      const store = makeStore(url.href);
      await store.prepare([]);
      const { login, ledger } = await store.keeper.examine(0);
      await store.close();
      expect(login).toEqual({ name, mayCreateSchemas: false });
      expect(ledger).toMatchObject({ owned: false, lacking: [] });
    }
  });

  it('hands the ledger over to its owner, who upgrades it alone', async () => {
    await old.query('DROP SCHEMA bfm CASCADE');
    await old.query(ledgerSetupScript({ ...NOBODY, owner: odd }));
    await old.query(ledgerSetupScript({ ...NOBODY, owner, migrators: [migrator] }));
    expect(
      await old.query(`SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class
        WHERE relnamespace = 'bfm'::regnamespace AND relkind IN ('r', 'S')`),
    ).toEqual([{ owner }]);
    await old.query('DROP SCHEMA bfm CASCADE');
    await old.query(`${FORMAT_1}; ALTER SCHEMA bfm OWNER TO ${quoted(owner)}`);
    await old.query(`DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'bfm' LOOP
      EXECUTE format('ALTER TABLE bfm.%I OWNER TO %I', t, '${owner}'); END LOOP; END $$`);
    const url = new URL(old.url);
    url.username = encodeURIComponent(owner);
    url.password = 'x';
    const store = makeStore(url.href);
    await store.prepare([]);
    await store.close();
    expect(await old.query('SELECT version FROM bfm.format')).toEqual([{ version: LEDGER_FORMAT }]);
  });

  it('refuses a ledger of a newer BFM', async () => {
    await fresh.query('UPDATE bfm.format SET version = 99');
    await expect(fresh.query(ledgerSetupScript(NOBODY))).rejects.toThrow(/newer BFM/);
    await fresh.query('ROLLBACK').catch(() => undefined);
  });
});
