import { findUnsound, until, useTestDatabase } from '@bfm/testing';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startBfmServer, type BfmServerProcess } from '../support/bfm-server.ts';
import { buildCli, connectionsTo, startBfm, type BfmProcess } from '../support/bfm.ts';
import { makeEffectTree } from '../support/effect-tree.ts';

const BUDGET = 3;

/** Sessions that hold a target. */
const HOLDING = `
SELECT count(DISTINCT pid)::int AS sessions FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND d.datname = current_database()`;

interface Run {
  readonly id: string;
  readonly status: string;
  readonly finished_at: string;
}

describe('workers of one server', async () => {
  const state = await useTestDatabase(18);
  const target = await useTestDatabase(18);
  const environment = {
    ...connectionsTo(target.url, 'tenant'),
    BFM_STATE_URL: state.url,
    BFM_RUN_LEASE: '3s',
    TENANT_MAX_CONNECTIONS: String(BUDGET),
  };

  beforeAll(() => {
    buildCli();
  });
  beforeEach(async () => {
    await state.query('DROP SCHEMA IF EXISTS bfm_state, bfm_state_queue, bfm CASCADE');
  });

  function startWorker(sfm: string): BfmProcess {
    const worker = startBfm(['worker', '--sfm', sfm], environment);
    onTestFinished(() => void worker.child.kill('SIGKILL'));
    return worker;
  }

  async function stop(...processes: readonly BfmProcess[]): Promise<void> {
    for (const { child } of processes) child.kill('SIGTERM');
    for (const { ended } of processes) expect((await ended).code).toBe(0);
  }

  async function start(server: BfmServerProcess, schemas: readonly string[]): Promise<string> {
    const answer = await server.call('/api/v1/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ schemas, options: { concurrency: 8 } }),
    });
    expect(answer.status).toBe(202);
    return ((await answer.json()) as Run).id;
  }

  const runs = (): Promise<Run[]> =>
    state.query<Run>('SELECT id, status, finished_at::text FROM bfm_state.run ORDER BY created_at, id');

  const untilAllEnded = async (): Promise<readonly Run[]> =>
    until(
      async () => {
        const all = await runs();
        return all.every(({ status }) => status !== 'queued' && status !== 'running') && all;
      },
      { what: 'all runs to end', timeoutMs: 60_000 },
    );

  /** The most sessions that were seen to hold a target until a signal is aborted. */
  async function mostHeld(over: AbortSignal): Promise<number> {
    let most = 0;
    while (!over.aborted) {
      const [found] = await target.query<{ sessions: number }>(HOLDING);
      most = Math.max(most, found?.sessions ?? 0);
    }
    return most;
  }

  const names = (stem: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${stem}_${index}`);

  it('hold no more sessions of a database than it has room for, when one of them is killed, too', async () => {
    await using tree = await makeEffectTree(target, { kinds: ['transaction', 'transaction'], seconds: 0.02 });
    const server = await startBfmServer(tree.sfm, { ...environment, BFM_SERVER_WORKER: 'false' });
    const workers = [1, 2, 3].map(() => startWorker(tree.sfm));
    const over = new AbortController();
    const watching = mostHeld(over.signal);
    await Promise.all(['a', 'b', 'c', 'd'].map((stem) => start(server, names(stem, 15))));
    const [victim, ...others] = workers;
    await until(
      async () =>
        (await target.query(`SELECT 1 FROM public.effect_log`)).length > 20 &&
        (await state.query(`SELECT 1 FROM bfm_state.connection_slot`)).length === BUDGET,
      { what: 'some to be done' },
    );
    victim?.child.kill('SIGKILL');
    const ended = await untilAllEnded();
    over.abort();
    const most = await watching;
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(BUDGET);
    await stop(server, ...others);
    expect(await findUnsound({ url: target.url })).toEqual([]);
  });

  it('work on 100 runs at once, and a large one starves none of the small ones', async () => {
    await using tree = await makeEffectTree(target, { kinds: ['transaction'], seconds: 0.02 });
    const server = await startBfmServer(tree.sfm, environment);
    const worker = startWorker(tree.sfm);
    const large = await start(server, names('large', 300));
    await Promise.all(names('small', 99).map((schema) => start(server, [schema])));
    const ended = await untilAllEnded();
    expect(ended).toHaveLength(100);
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    const end = ended.find(({ id }) => id === large)?.finished_at ?? '';
    expect(ended.filter(({ finished_at: at }) => at > end)).toEqual([]);
    await stop(server, worker);
    expect(await findUnsound({ url: target.url })).toEqual([]);
  });
});
