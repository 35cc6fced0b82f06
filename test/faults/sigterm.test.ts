import type { FailpointName } from '@bfm/core';
import { findUnsound, POSTGRES_MAJORS, stateOf, until, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { buildCli, connectionsTo, startBfm, type BfmEnd, type BfmProcess } from '../support/bfm.ts';
import { makeEffectTree, type EffectTree } from '../support/effect-tree.ts';

/** Where the signal comes, with the exit code: 1 when something was left to do. */
const POINTS: readonly (readonly [FailpointName, number])[] = [
  ['target.connected', 1],
  ['target.taken', 1],
  ['step.statement_sending', 1],
  ['step.fence_checked', 1],
  ['step.statement_done', 1],
  ['step.recorded', 1],
  ['step.commit_sent', 1],
  ['step.commit_acknowledged', 1],
  ['target.released', 0],
  ['run.finished', 0],
];

describe.each(POSTGRES_MAJORS)('SIGTERM on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  const environment = connectionsTo(db.url, 'tenant');

  beforeAll(() => {
    buildCli();
  });
  beforeEach(async () => {
    await db.query('DROP SCHEMA IF EXISTS one, bfm CASCADE; DROP TABLE IF EXISTS public.effect_log');
  });

  function up({ sfm }: EffectTree, more: Readonly<Record<string, string>> = {}): BfmProcess {
    const run = startBfm(['up', '--schema', 'one', '--sfm', sfm], { ...environment, ...more });
    onTestFinished(() => void run.child.kill('SIGKILL'));
    return run;
  }

  const expectCode = (end: BfmEnd, code: number): void => {
    expect({ code: end.code, said: end.code === code ? '' : end.stdout + end.stderr }).toEqual({
      code,
      said: '',
    });
  };

  /** Nothing is held or half done; the next run does the rest, each effect once. */
  async function expectConverges(tree: EffectTree): Promise<void> {
    expect(await findUnsound({ url: db.url, unlogged: tree.unlogged, unfinished: 'allowed' })).toEqual([]);
    expectCode(await up(tree).ended, 0);
    const applied = await db.query(`SELECT 1 FROM bfm.ledger WHERE status = 'applied'`);
    expect(applied).toHaveLength(tree.names.length);
    expect(await findUnsound({ url: db.url, unlogged: tree.unlogged })).toEqual([]);
  }

  it.each(POINTS)('SG1 at %s: what is under way ends, locks are given back', async (name, code) => {
    await using tree = await makeEffectTree(db, { seconds: 0 });
    const faults = { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: `${name}=stop` };
    const run = up(tree, faults);
    await until(async () => (await stateOf(run.child.pid ?? 0)) === 'T', {
      what: `${name} to be reached`,
      timeoutMs: 20_000,
    });
    run.child.kill('SIGTERM');
    run.child.kill('SIGCONT');
    expectCode(await run.ended, code);
    await expectConverges(tree);
  });

  it.each([
    ['a second SIGTERM', 'Cancelling', {}],
    ['the grace', '0.3 s are over since SIGTERM', { BFM_STOP_GRACE: '300ms' }],
  ])('SG1 %s cancels what takes too long', async (what, words, more) => {
    await using tree = await makeEffectTree(db, { kinds: ['transaction', 'transaction'], seconds: 60 });
    const run = up(tree, more);
    await until(() => isAt('%pg_sleep%'), { what: 'the slow statement', timeoutMs: 20_000 });
    run.child.kill('SIGTERM');
    await until(() => run.said().includes('Stopping'), { what: 'the run to hear of it' });
    if (what === 'a second SIGTERM') run.child.kill('SIGTERM');
    const sinceMs = performance.now();
    expectCode(await run.ended, 1);
    expect(performance.now() - sinceMs).toBeLessThan(30_000);
    expect(run.said()).toContain(words);
    expect(await db.query('SELECT 1 FROM public.effect_log')).toEqual([]);
    expect(await findUnsound({ url: db.url })).toEqual([]);
  });

  it('SG2 while an index is built CONCURRENTLY: it is cancelled, and the next up builds it', async () => {
    await using tree = await makeEffectTree(db, { kinds: ['transaction', 'bare'], seconds: 0 });
    expectCode(
      await up(tree, { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: 'bare.intent_committed=error' }).ended,
      1,
    );
    await using blocker = await connect();
    await blocker.query('BEGIN; INSERT INTO one.step_2 (id, note) VALUES (0, $$blocks$$)');
    const run = up(tree, { BFM_STOP_GRACE: '200ms' });
    await until(() => isAt('CREATE INDEX CONCURRENTLY%'), { what: 'the build', timeoutMs: 20_000 });
    run.child.kill('SIGTERM');
    await until(() => run.said().includes('are over since SIGTERM'), { what: 'the end of the grace' });
    await until(async () => !(await isAt('CREATE INDEX CONCURRENTLY%')), { what: 'the cancelling' });
    await blocker.query('ROLLBACK');
    expectCode(await run.ended, 1);
    await expectConverges(tree);
  });

  async function isAt(query: string): Promise<boolean> {
    const found = await db.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bfm' AND state = 'active' AND query LIKE $1`,
      [query],
    );
    return found.length > 0;
  }

  async function connect(): Promise<pg.Client & AsyncDisposable> {
    const client = new pg.Client({ connectionString: db.url });
    await client.connect();
    return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
  }
});
