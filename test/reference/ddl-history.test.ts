import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  catalogFingerprint,
  OldState,
  POSTGRES_MAJORS,
  useTestDatabase,
  type OldMigration,
  type TestDatabase,
} from '@bfm/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, runBfm } from '../support/bfm.ts';

const HISTORY = join(import.meta.dirname, 'ddl-history');
const SCHEMAS = ['ddl_history', 'ddl_history_archive'];
/** How the files name what all databases of a server share; each test database gets names of its own. */
const SHARED = 'ddl_cluster';
/** Stages are many runs, on a machine that may be busy. */
const STAGES_TIMEOUT_MS = 180_000;
/** What ALTER SYSTEM sets there: nobody reloads it. */
const PARAMETER = 'log_min_duration_sample';

describe.each(POSTGRES_MAJORS)('every statement kind of the reference on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const shared = `ddl_${db.name.slice(-8)}`;
  const environment = connectionsTo(db.url, 'history');
  let folder = '';

  beforeAll(async () => {
    buildCli();
    folder = await copyHistory(shared);
    await db.query(`DO $$ BEGIN
      EXECUTE format('ALTER DATABASE %I SET allow_in_place_tablespaces = on', current_database()); END $$`);
  });

  // Runs before the database goes, which a subscription would prevent.
  afterAll(async () => {
    await removeShared(db, shared);
    await rm(folder, { recursive: true, force: true });
  });

  async function bfm(...args: readonly string[]): Promise<void> {
    const end = await runBfm([...args, '--yes', '--sfm', folder], environment);
    expect(end.stderr + end.stdout).not.toMatch(/error\[/);
    expect(end.code).toBe(0);
  }

  async function fingerprint(): Promise<string> {
    const catalog = await catalogFingerprint(db.url, { clusterPrefix: shared });
    const files = await db.query<{ setting: string }>(
      `SELECT setting FROM pg_file_settings WHERE name = '${PARAMETER}'`,
    );
    // The schema itself stays after a rollback of everything, as the place where it was.
    return `${catalog.replace(/^schema ddl_history .*\n/m, '')}${PARAMETER}=${JSON.stringify(files)}`;
  }

  it('goes up, down to nothing, and up again to the identical catalog', async () => {
    const nothing = await fingerprint();
    await bfm('up');
    const all = await fingerprint();
    expect(all.length).toBeGreaterThan(50_000);
    await bfm('down', '--all', '--schema', 'ddl_history');
    expect(await fingerprint()).toBe(nothing);
    await bfm('up');
    expect(await fingerprint()).toBe(all);
  });

  it('comes to the same catalog with one transaction per target', async () => {
    const all = await fingerprint();
    await bfm('down', '--all', '--schema', 'ddl_history', '--commit', 'per-target');
    await bfm('up', '--commit', 'per-target');
    expect(await fingerprint()).toBe(all);
  });

  it('comes back to each stage on its way', { timeout: STAGES_TIMEOUT_MS }, async () => {
    await bfm('down', '--all', '--schema', 'ddl_history');
    const stages = (await versions(folder)).filter((_version, index) => index % 8 === 7);
    const found: string[] = [];
    for (const version of stages) {
      await bfm('up', '--to', version);
      found.push(await fingerprint());
    }
    for (const [version, before] of stages
      .map((stage, index) => [stage, found[index]] as const)
      .toReversed()) {
      await bfm('down', '--to', version, '--schema', 'ddl_history');
      expect(await fingerprint()).toBe(before);
    }
  });

  it('is taken over from an existing BFM at each stage', { timeout: STAGES_TIMEOUT_MS }, async () => {
    await bfm('down', '--all', '--schema', 'ddl_history');
    const old = new OldState(db, 'old_state');
    for (const version of (await versions(folder)).filter((_version, index) => index % 8 === 7)) {
      await bfm('up', '--to', version);
      await old.create();
      for (const migration of await db.query<OldMigration>(APPLIED)) {
        await old.applied(migration, 'ddl_history');
      }
      await db.query('DROP SCHEMA bfm CASCADE');
      await bfm('import', 'bfm', '--state-url', db.url, '--state-schema', 'old_state');
      await db.query('DROP SCHEMA old_state CASCADE');
    }
    await bfm('up');
  });
});

const APPLIED = `SELECT r.version, r.name, s.connection FROM bfm.ledger l
  JOIN bfm.scope s USING (scope_id) JOIN bfm.revision r USING (revision_id) WHERE l.status = 'applied'`;

/** Copies the history, with other names for what is shared. */
async function copyHistory(shared: string): Promise<string> {
  const folder = await mkdtemp(join(process.env['BFM_TEST_FOLDER'] ?? tmpdir(), 'bfm-ddl-history-'));
  await cp(join(HISTORY, 'postgresql'), join(folder, 'postgresql'), { recursive: true });
  const files = join(folder, 'postgresql', 'history');
  for (const name of await readdir(files)) {
    const text = await readFile(join(files, name), 'utf8');
    await writeFile(join(files, name), text.replaceAll(SHARED, shared));
  }
  return folder;
}

async function versions(folder: string): Promise<readonly string[]> {
  const files = await readdir(join(folder, 'postgresql', 'history'));
  return [...new Set(files.map((name) => name.slice(0, 14)))].sort();
}

/** Takes away what outlives the database; nothing is left to do after a test that went well. */
async function removeShared(db: TestDatabase, shared: string): Promise<void> {
  const drop = async (sql: string): Promise<void> => {
    const rows = await db.query<{ command: string }>(sql, [shared]);
    for (const { command } of rows) await db.query(command);
  };
  await drop(`SELECT format('DROP SUBSCRIPTION %I', subname) AS command FROM pg_subscription
              WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND $1 <> ''`);
  await db.query(`DROP SCHEMA IF EXISTS ${SCHEMAS.join(', ')} CASCADE`);
  await drop(`SELECT format('DROP DATABASE %I WITH (FORCE)', datname) AS command FROM pg_database
              WHERE starts_with(datname, $1)`);
  await drop(
    `SELECT format('DROP OWNED BY %I CASCADE', rolname) AS command FROM pg_roles WHERE starts_with(rolname, $1)`,
  );
  await drop(
    `SELECT format('DROP TABLESPACE %I', spcname) AS command FROM pg_tablespace WHERE starts_with(spcname, $1)`,
  );
  await drop(
    `SELECT format('DROP ROLE %I', rolname) AS command FROM pg_roles WHERE starts_with(rolname, $1)`,
  );
  await db.query(`ALTER SYSTEM RESET ${PARAMETER}`);
}
