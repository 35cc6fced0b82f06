import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OldState, POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, REFERENCE_SFM, runBfm } from '../support/bfm.ts';

const TENANTS = ['cli_1', 'cli_2'];
const TIMEOUT_MS = 180_000;

interface LedgerRow {
  readonly version: string;
  readonly name: string;
  readonly connection: string;
  readonly schema: string;
}

describe.each(POSTGRES_MAJORS)(
  'the reference product, taken over from a Go BFM on PostgreSQL %i',
  async (major) => {
    const db = await useTestDatabase(major);
    const stateDb = await useTestDatabase(major);
    const environment = {
      ...connectionsTo(db.url, 'core', 'guard', 'organization'),
      BFM_STATE_URL: stateDb.url,
    };
    const state = new OldState(stateDb);

    beforeAll(() => {
      buildCli();
    });

    async function bfm(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
      const end = await runBfm([...args, '--yes', '--json', '--sfm', REFERENCE_SFM], environment);
      expect([end.code, end.stderr]).toEqual([0, '']);
      return JSON.parse(end.stdout) as Readonly<Record<string, unknown>>;
    }
    const schemas = ['core', 'guard', ...TENANTS].flatMap((schema) => ['--schema', schema]);

    /** Forgets the ledger, and has an existing BFM say the same. */
    async function handOver(): Promise<number> {
      const rows = await db.query<LedgerRow>(
        `SELECT r.version, r.name, s.connection, s.schema_name AS schema FROM bfm.ledger l
       JOIN bfm.scope s USING (scope_id) JOIN bfm.revision r USING (revision_id) WHERE l.status = 'applied'`,
      );
      await stateDb.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      await state.create();
      for (const { schema, ...migration } of rows) await state.applied(migration, schema);
      await db.query('DROP SCHEMA bfm CASCADE');
      return rows.length;
    }

    it('at every tenth version on its way, which goes on from there', { timeout: TIMEOUT_MS }, async () => {
      for (const version of await stages()) {
        await bfm('up', '--to', version, ...schemas);
        const rows = await handOver();
        const { summary, targets } = await bfm('import', 'bfm');
        const count = (targets as readonly { applied: number }[]).reduce(
          (sum, { applied }) => sum + applied,
          0,
        );
        expect([summary, count]).toMatchObject([{ undecided: 0, failed: 0 }, rows]);
        expect(await bfm('up', '--to', version, ...schemas)).toMatchObject({ steps: [] });
      }
      await bfm('up', ...schemas);
      expect(await bfm('up', ...schemas)).toMatchObject({ steps: [] });
    });
  },
);

async function stages(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const connection of ['core', 'guard', 'organization']) {
    found.push(
      ...(await readdir(join(REFERENCE_SFM, 'postgresql', connection))).map((name) => name.slice(0, 14)),
    );
  }
  const versions = [...new Set(found.filter((name) => /^\d{14}$/.test(name)))].sort();
  return versions.filter((_version, index) => index % 10 === 9);
}
