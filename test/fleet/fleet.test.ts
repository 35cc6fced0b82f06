import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { providedServer, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo } from '../support/bfm.ts';
import { FLEET_CONNECTION, makeFleetTree, stemOf, tenantNames, type FleetTree } from './fleet-tree.ts';
import { measureBfm, type MeasuredEnd } from './measured-bfm.ts';
import { seedFleet } from './seed-fleet.ts';

/** `npm run fleet` asks for more than `npm test` has time for. */
const TENANTS = Number(process.env['BFM_FLEET_TENANTS'] ?? 1_000);
const MIGRATIONS = Number(process.env['BFM_FLEET_MIGRATIONS'] ?? 40);
/** So few tenants cost no memory worth speaking of. */
const FEW = 50;
const ONE_IN = 100;
const NEXT = MIGRATIONS + 1;

/** What the goals say of 10,000 targets, for any number of them. */
const SECONDS_MAX = 3;
const PEAK_MIB_MAX = 250;
const GROWTH_MAX = 1.2;

const db = await useTestDatabase(18);

interface RunDocument {
  readonly run: { readonly status: string };
  readonly summary: Readonly<Record<string, number>>;
  readonly steps: readonly { readonly schema: string; readonly outcome: string }[];
  readonly causes?: readonly {
    readonly code: string;
    readonly migration_id: string;
    readonly message: string;
    readonly targets: readonly { readonly schema: string }[];
  }[];
}

describe(`${TENANTS} tenants with ${MIGRATIONS} migrations each`, { timeout: 1_800_000 }, () => {
  const tenants = tenantNames(TENANTS);
  const unlucky = tenants.filter((_, index) => index % ONE_IN === ONE_IN - 1);
  const figures: string[] = [];
  let tree: FleetTree;
  let list: string;

  beforeAll(async () => {
    buildCli();
    tree = await makeFleetTree(MIGRATIONS);
    list = join(tree.sfm, 'tenants.txt');
    await writeFile(list, tenants.join('\n'));
    const [like = '', ...schemas] = tenants;
    expect(await bfm('up', '--schema', like)).toMatchObject({ code: 0, stderr: '' });
    const client = new pg.Client({ connectionString: db.url });
    await client.connect();
    await seedFleet(client, { connection: FLEET_CONNECTION, like, schemas });
    await client.end();
  }, 600_000);
  afterAll(async () => {
    await tree[Symbol.asyncDispose]();
    console.log(figures.join('\n'));
  });

  async function bfm(...args: readonly string[]): Promise<MeasuredEnd> {
    const end = await measureBfm([...args, '--sfm', tree.sfm], connectionsTo(db.url, FLEET_CONNECTION));
    const shown = args
      .join(' ')
      .replace(list, 'LIST')
      .replace(/( --schema \S+){2,}/, ' --schema ...');
    figures.push(`${shown.padEnd(50)} ${end.seconds.toFixed(2).padStart(7)} s ${end.peakMib.toFixed(0)} MiB`);
    return end;
  }

  const fromList = (): readonly string[] => ['--connection', FLEET_CONNECTION, '--schemas-from', list];

  /** Transactions of the database so far, and sessions; asked from another one, so that asking does not count. */
  async function counted(): Promise<{ readonly transactions: number; readonly sessions: number }> {
    const client = new pg.Client({ connectionString: providedServer(18).url });
    await client.connect();
    const { rows } = await client.query<{ transactions: number; sessions: number }>(
      `SELECT (xact_commit + xact_rollback)::int AS transactions, sessions::int AS sessions
       FROM pg_stat_database WHERE datname = $1`,
      [db.name],
    );
    await client.end();
    return rows[0] ?? { transactions: 0, sessions: 0 };
  }

  function expectModest({ seconds, peakMib }: MeasuredEnd): void {
    expect(seconds).toBeLessThan(SECONDS_MAX);
    expect(peakMib).toBeLessThan(PEAK_MIB_MAX);
  }

  const noop = /Nothing to do: [\d,]+ targets up to date/;

  it.each([[['status']], [['status', '--json']]])('%j tells of all of them in seconds', async (args) => {
    const end = await bfm(...args);
    expect(end.code).toBe(0);
    expectModest(end);
    if (args.length === 1) {
      expect(end.stdout).toContain(`${TENANTS.toLocaleString('en')} schemas`);
      expect(end.stdout.split('\n').length).toBeLessThan(20);
      return;
    }
    const { targets } = JSON.parse(end.stdout) as {
      readonly targets: readonly { readonly applied: number }[];
    };
    expect(targets).toHaveLength(TENANTS);
    expect(targets.every(({ applied }) => applied === MIGRATIONS)).toBe(true);
  });

  it.each([['plan'], ['up']])('%s finds nothing to do in seconds, in one transaction', async (command) => {
    const before = await counted();
    const end = await bfm(command, ...fromList());
    expect(end.code).toBe(0);
    expect(end.stdout).toMatch(noop);
    expectModest(end);
    const after = await counted();
    // One more begins every session: the server reads the catalog before it lets anybody in.
    expect(after.transactions - before.transactions).toBeLessThanOrEqual(2);
    expect(after.sessions - before.sessions).toBe(1);
  });

  it('takes an edited comment for what it is, and a changed literal for drift, told once', async () => {
    const file = join(tree.folder, `${stemOf(1)}.up.sql`);
    const text = await readFile(file, 'utf8');
    await appendFile(file, '-- explained since\n');
    const commented = await bfm('up', ...fromList());
    expect(commented.stdout).toMatch(noop);
    expectModest(commented);
    await writeFile(file, text.replace('DEFAULT 0', 'DEFAULT 1'));
    const changed = await bfm('plan', ...fromList());
    expect(changed.code).toBe(6);
    expect(changed.stderr.match(/drift\.checksum_changed/g)).toHaveLength(1);
    expect(changed.stderr).toContain(`in ${TENANTS.toLocaleString('en')} targets`);
    expectModest(changed);
    await writeFile(file, text);
  });

  it('finds the one ledger that somebody has edited by hand', async () => {
    const victim = tenants[7] ?? '';
    const rows = `bfm.ledger WHERE migration_id LIKE '%_create_item_1_postgresql_tenant' AND scope_id =
      (SELECT scope_id FROM bfm.scope WHERE schema_name = '${victim}')`;
    await db.query(`CREATE TABLE public.kept AS SELECT * FROM ${rows}`);
    await db.query(`DELETE FROM ${rows}`);
    const { stdout } = await bfm('status', '--json');
    const { targets } = JSON.parse(stdout) as {
      readonly targets: readonly { readonly schema: string; readonly drift: readonly unknown[] }[];
    };
    expect(targets.filter(({ drift }) => drift.length > 0)).toMatchObject([
      { schema: victim, drift: [{ kind: 'out_of_order' }] },
    ]);
    await db.query('INSERT INTO bfm.ledger SELECT * FROM public.kept');
    expect((await bfm('up', ...fromList())).stdout).toMatch(noop);
  });

  it(`does its work in all but the one in ${ONE_IN} that fails, and tells the cause once`, async () => {
    await writeFile(join(tree.folder, `${stemOf(NEXT)}.up.sql`), `CREATE TABLE item_${NEXT} (id bigint);\n`);
    await inSchemas(unlucky, `CREATE TABLE %I.item_${NEXT} (mine text)`);
    const few = await bfm('up', '--json', ...tenants.slice(0, FEW).flatMap((schema) => ['--schema', schema]));
    expect((JSON.parse(few.stdout) as RunDocument).summary).toMatchObject({ applied: FEW, failed: 0 });

    const before = await counted();
    const end = await bfm('up', '--json', ...fromList());
    expect(end.code).toBe(1);
    const { summary, steps, causes, run } = JSON.parse(end.stdout) as RunDocument;
    const good = TENANTS - FEW - unlucky.length;
    expect(run.status).toBe('failed');
    expect(summary).toMatchObject({ applied: good, failed: unlucky.length, not_started: 0 });
    expect(steps).toHaveLength(TENANTS - FEW);
    expect(causes).toMatchObject([
      {
        code: 'step.failed',
        migration_id: `${stemOf(NEXT)}_postgresql_tenant`,
        message: expect.stringContaining(
          `failed in tenant/*: relation "item_${NEXT}" already exists`,
        ) as unknown,
      },
    ]);
    expect(causes?.[0]?.targets.map(({ schema }) => schema)).toEqual(unlucky);
    expect((await counted()).sessions - before.sessions).toBeLessThanOrEqual(4);
    const growth = end.peakMib / few.peakMib;
    figures.push(`memory of up over ${TENANTS} tenants beside ${FEW}: ${growth.toFixed(2)}`);
    if (TENANTS >= 5_000) expect(growth).toBeLessThan(GROWTH_MAX);
  });

  it('tells people the same cause once, with its tenants, and status collapses them', async () => {
    const again = await bfm('up', ...fromList());
    expect(again.code).toBe(1);
    const said = again.stdout + again.stderr;
    expect(said.match(/error\[step\.failed\]/g)).toHaveLength(1);
    expect(said).toContain(`in ${unlucky.length} targets: tenant/${unlucky[0] ?? ''}`);
    const status = await bfm('status');
    expect(status.stdout).toMatch(/failed last time/);
    expect(status.stdout.split('\n').length).toBeLessThan(40);
  });

  it('touches only those that failed when it is run again', async () => {
    await inSchemas(unlucky, `DROP TABLE %I.item_${NEXT}`);
    const others = `SELECT sum(fence_token)::int AS fences FROM bfm.scope WHERE NOT schema_name = ANY($1::text[])`;
    const [fences] = await db.query(others, [unlucky]);
    const [{ last } = { last: '0' }] = await db.query<{ last: string }>(
      'SELECT max(event_id)::text AS last FROM bfm.event',
    );
    const end = await bfm('up', '--json', ...fromList());
    expect(end.code).toBe(0);
    const { summary, steps } = JSON.parse(end.stdout) as RunDocument;
    expect(summary).toMatchObject({ applied: unlucky.length, skipped: 0, failed: 0 });
    expect(steps.map(({ schema }) => schema)).toEqual(unlucky);
    // Whoever takes a target raises its fence: nobody has taken any of the others.
    expect(await db.query(others, [unlucky])).toEqual([fences]);
    const touched = await db.query<{ schema: string; kind: string }>(
      `SELECT s.schema_name AS schema, e.kind FROM bfm.event e JOIN bfm.scope s USING (scope_id)
       WHERE e.event_id > $1::bigint ORDER BY 1`,
      [last],
    );
    expect(touched).toEqual(unlucky.map((schema) => ({ schema, kind: 'applied' })));
    expect((await bfm('up', ...fromList())).stdout).toMatch(noop);
  });

  async function inSchemas(schemas: readonly string[], template: string): Promise<void> {
    const [{ script } = { script: '' }] = await db.query<{ script: string }>(
      `SELECT string_agg(format($1, s), ';') AS script FROM unnest($2::text[]) s`,
      [template, schemas],
    );
    await db.query(script);
  }
});
