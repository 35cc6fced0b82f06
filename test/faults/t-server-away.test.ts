import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findUnsound,
  POSTGRES_MAJORS,
  startMortalServer,
  stateOf,
  TcpFaultProxy,
  until,
  type Death,
  type MortalServer,
} from '@bfm/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, startBfm, type BfmEnd, type BfmProcess } from '../support/bfm.ts';
import { makeEffectTree, type EffectTree } from '../support/effect-tree.ts';
import { momentsOn } from '../support/moments.ts';

/** Where a run stands when its server ends: S6 to S10, and outside of transactions. */
const MOMENTS: readonly { readonly point: string; readonly how: Death; readonly commit: string }[] = [
  { point: 'step.statement_sending@2', how: 'fast', commit: 'per-migration' },
  { point: 'step.fence_checked@2', how: 'immediate', commit: 'per-target' },
  { point: 'step.statement_done@6', how: 'fast', commit: 'per-migration' },
  { point: 'step.recorded@2', how: 'immediate', commit: 'per-migration' },
  { point: 'step.commit_sent@2', how: 'fast', commit: 'per-migration' },
  { point: 'step.commit_acknowledged@2', how: 'immediate', commit: 'per-target' },
  { point: 'bare.statement_sent', how: 'immediate', commit: 'per-migration' },
  { point: 'batch.written@2', how: 'fast', commit: 'per-migration' },
];

const KINDS = ['transaction', 'transaction', 'bare', 'batch', 'transaction'] as const;

describe.each(POSTGRES_MAJORS)('a server that goes away, PostgreSQL %i', (major) => {
  let server: MortalServer;
  let proxy: TcpFaultProxy;
  let tree: EffectTree;

  beforeAll(async () => {
    buildCli();
    server = await startMortalServer(major);
    proxy = await TcpFaultProxy.before(server.url());
    tree = await makeEffectTree({ query }, { kinds: KINDS });
  });
  afterAll(async () => {
    await tree[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function query<Row extends pg.QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const client = new pg.Client({ connectionString: server.url(), application_name: 'bfm-testing' });
    await client.connect();
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  function bfm(args: readonly string[], more: Readonly<Record<string, string>> = {}): BfmProcess {
    const environment = { ...connectionsTo(server.url(), 'tenant'), BFM_LOCK_TTL: '5s' };
    return startBfm([...args, '--sfm', tree.sfm], { ...environment, ...more });
  }

  const unsound = (): Promise<readonly string[]> =>
    findUnsound({ url: server.url(), unlogged: tree.unlogged });

  it.each(momentsOn(major, MOMENTS))(
    'T1 $how at $point: the run goes on when it is back',
    async ({ point, how, commit }) => {
      const schema = `t1_${point.replaceAll(/\W/g, '_')}`;
      const running = bfm(['up', '--schema', schema, '--commit', commit], {
        BFM_ENABLE_FAILPOINTS: '1',
        BFM_FAILPOINTS: point.replace(/@|$/, (sign) => `=stop${sign}`),
      });
      const pid = running.child.pid ?? 0;
      await until(async () => (await stateOf(pid)) === 'T', { what: `the run to stop at ${point}` });
      await server.die(how);
      await server.revive();
      process.kill(pid, 'SIGCONT');
      expectDone(await running.ended);
      expect(await unsound()).toEqual([]);
    },
  );

  it.each(['fast', 'immediate'] as const)('T1 %s in the middle of a statement', async (how) => {
    const schema = `t1_long_${how}`;
    await using slow = await makeEffectTree({ query }, { kinds: ['transaction'], seconds: 2 });
    const running = bfm(['up', '--schema', schema, '--sfm', slow.sfm]);
    const isAsleep = async (): Promise<boolean> =>
      (await query(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length > 0;
    await until(isAsleep, { what: 'the statement' });
    await server.die(how);
    await server.revive();
    expectDone(await running.ended);
    expect(await unsound()).toEqual([]);
  });

  it.each(['refuses', 'says nothing'] as const)(
    'T2 a server of 120 tenants that %s in the middle: others go on, and it is told once',
    { timeout: 120_000 },
    async (how) => {
      const schemas = Array.from({ length: 120 }, (_, index) => `t2_${how.length}_${index}`);
      await query(schemas.map((schema) => `CREATE SCHEMA ${schema}`).join(';'));
      const targets = schemas.flatMap((schema) => ['--schema', schema]);
      await using small = await makeEffectTree({ query }, { kinds: ['transaction', 'transaction'] });
      const through = {
        ...connectionsTo(proxy.url(server.url()), 'tenant'),
        TENANT_CONNECT_TIMEOUT: '1s',
        BFM_LOCK_TTL: '2s',
      };
      const running = startBfm(['up', '--sfm', small.sfm, ...targets], through);
      // Seen here, where it passes, the run has hardly gone on when the fault comes.
      const committed = proxy.counts.commitsDone;
      await until(() => proxy.counts.commitsDone >= committed + 20, {
        what: 'the first tenants',
        everyMs: 1,
      });
      if (how === 'refuses') {
        proxy.refuse();
        proxy.drop();
      } else {
        proxy.blackhole();
      }
      const end = await running.ended;
      proxy.heal();
      const said = `${end.stdout}${end.stderr}`;
      expect([1, 6]).toContain(end.code);
      expect(said).toMatch(/not started/);
      expect(
        said.split('\n').filter((line) => /cannot connect|cannot use|broke/.test(line)).length,
      ).toBeLessThan(30);
      expect(await unsound()).toEqual([]);
      expectDone(await startBfm(['up', '--sfm', small.sfm, ...targets], through).ended);
      expect(await unsound()).toEqual([]);
    },
  );

  it('T3 a database that is read-only by default takes migrations all the same', async () => {
    await query('ALTER DATABASE postgres SET default_transaction_read_only = on');
    const end = await bfm(['up', '--schema', 't3_read_only']).ended;
    await query('BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT');
    expectDone(end);
    expect(await unsound()).toEqual([]);
  });

  it('T3 a server in recovery is refused, and named', async () => {
    await server.die('fast');
    await server.revive('a standby');
    const end = await bfm(['up', '--schema', 't3_standby']).ended;
    const said = `${end.stdout}${end.stderr}`;
    expect(end).toMatchObject({ code: 8 });
    expect(said).toContain('takes no writes: it is a standby');
    expect(await query(`SELECT 1 FROM pg_namespace WHERE nspname = 't3_standby'`)).toEqual([]);
    await query('SELECT pg_promote()');
    await until(
      async () => (await query<{ r: boolean }>('SELECT pg_is_in_recovery() AS r'))[0]?.r === false,
      {
        what: 'the promotion',
      },
    );
    expectDone(await bfm(['up', '--schema', 't3_standby']).ended);
    expect(await unsound()).toEqual([]);
  });

  it('T3 another server at the address: what was planned for the first is refused', async () => {
    const plan = join(tree.sfm, `plan_${major}.json`);
    await bfm(['up', '--schema', 't3_first', '--to', '20250101000002']).ended;
    expectDone(await bfm(['plan', '--schema', 't3_first', '--out', plan]).ended);
    expect(await readFile(plan, 'utf8')).toContain('digest');
    await server.die('fast');
    await server.revive('another');
    const end = await bfm(['up', '--plan', plan]).ended;
    expect(end).toMatchObject({ code: 5 });
    expect(end.stderr).toContain('plan');
    expect(await query(`SELECT 1 FROM pg_namespace WHERE nspname LIKE 't3%'`)).toEqual([]);
    await rm(plan);
    await server.die('fast');
    await server.revive();
    expectDone(await bfm(['up', '--schema', 't3_first']).ended);
    expect(await unsound()).toEqual([]);
  });
});

function expectDone({ code, stdout, stderr }: BfmEnd): void {
  expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
}
