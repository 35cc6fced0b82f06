import type { SchemaName } from '@bfm/core';
import { findRun, startRun } from '@bfm/service';
import { POSTGRES_MAJORS, until } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBfmServer } from '../support/bfm-server.ts';
import { buildCli, connectionsTo, runBfm } from '../support/bfm.ts';
import { ANN, orderFor } from '../support/control-world.ts';
import { useControl, work } from '../support/use-control.ts';

const ORDER = orderFor({ schemas: ['one' as SchemaName] });
const NOBODY = '00000000-0000-4000-8000-0000000000ff';

interface DoctorDocument {
  readonly findings: readonly { readonly code: string; readonly message: string; readonly mend: string }[];
}

/** What keeps such rows out as long as nobody drops it. */
const DROPPED = `
ALTER TABLE bfm_state.run DROP CONSTRAINT run_status_known, DROP CONSTRAINT run_fence_grows_from_zero, DROP CONSTRAINT run_fence_has_attempt,
  DROP CONSTRAINT run_held_while_running, DROP CONSTRAINT run_ended_has_end, DROP CONSTRAINT run_running_was_taken;
ALTER TABLE bfm_state.run DISABLE TRIGGER run_guarded;
DROP INDEX bfm_state.attempt_one_open;
ALTER TABLE bfm_state.attempt DROP CONSTRAINT attempt_follows_another CASCADE;
ALTER TABLE bfm_state.step DROP CONSTRAINT step_run_id_fkey, DROP CONSTRAINT step_of_an_attempt;
ALTER TABLE bfm_state.idempotency_key DROP CONSTRAINT idempotency_key_run_id_fkey`;

describe.each(POSTGRES_MAJORS)('a state that was changed behind BFM, PostgreSQL %i', async (major) => {
  const stage = await useControl(major);
  beforeAll(() => {
    buildCli();
  });

  it('X1 unsound rows are left alone and shown, all else goes on; the doctor names each and what mends it', async () => {
    const { world, tree, findUnsound } = await stage.open();
    const newRun = async (): Promise<string> => (await startRun(ORDER, ANN, world.control)).id;
    const ids: string[] = [];
    for (let count = 0; count < 8; count += 1) ids.push(await newRun());
    const [badPlan, badRequest, unknown, negative, dangling, twoOpen, ahead, farLease] = ids;
    const sound = await newRun();
    await stage.state.query(`${DROPPED};
      UPDATE bfm_state.run SET plan = '[{"groups": 7}]' WHERE id = '${badPlan}';
      UPDATE bfm_state.run SET request = '"up"', options = '[]' WHERE id = '${badRequest}';
      UPDATE bfm_state.run SET status = 'rolling' WHERE id = '${unknown}';
      UPDATE bfm_state.run SET fence = -3, status = 'paused', pause_requested_at = now() WHERE id = '${negative}';
      UPDATE bfm_state.run SET fence = 7 WHERE id = '${dangling}';
      UPDATE bfm_state.run SET status = 'running', worker = 'b', fence = 2, started_at = now(), lease_until = now() - interval '1 hour'
        WHERE id = '${twoOpen}';
      INSERT INTO bfm_state.attempt (run_id, fence, worker) VALUES ('${twoOpen}', 1, 'a'), ('${twoOpen}', 2, 'b');
      UPDATE bfm_state.run SET created_at = now() + interval '3 years' WHERE id = '${ahead}';
      INSERT INTO bfm_state.attempt (run_id, fence, worker) VALUES ('${farLease}', 1, 'c');
      UPDATE bfm_state.run SET status = 'running', worker = 'c', fence = 1, started_at = now(), lease_until = '9999-01-01'
        WHERE id = '${farLease}';
      INSERT INTO bfm_state.step (run_id, position, migration_id, connection, schema, backend, direction, outcome, attempts, duration_ms, fence)
        VALUES ('${NOBODY}', 1, 'm', 'tenant', 'one', 'postgresql', 'up', 'applied', 1, 1, 1);
      INSERT INTO bfm_state.idempotency_key (caller, route, key, request_hash, run_id, busy_until, expires_at)
        VALUES ('c', 'r', 'k''; --', repeat('a', 64), '${NOBODY}', now(), now() + interval '1 day');
      INSERT INTO bfm_state.known_migration (id, version, name, backend, connection, up_text, dependencies, tags, present)
        SELECT v || '_gone_postgresql_tenant', v, 'gone', 'postgresql', 'tenant', 'x', jsonb_build_array(n || '_gone_postgresql_tenant'), '[]', false
        FROM (VALUES ('20240101000000', '20240101000001'), ('20240101000001', '20240101000000')) AS ring (v, n)`);
    const environment = { ...connectionsTo(stage.target.url, 'tenant'), BFM_STATE_URL: stage.state.url };
    const doctor = async (): Promise<{ code: number | null; bad: DoctorDocument['findings'] }> => {
      const { code, stdout } = await runBfm(['doctor', '--json', '--sfm', tree.sfm], environment);
      const { findings } = JSON.parse(stdout) as DoctorDocument;
      return { code, bad: findings.filter(({ code: kind }) => kind === 'state.row_unsound') };
    };

    const before = await doctor();
    expect(before.code).toBe(6);
    const named = ids.filter((id) => before.bad.some(({ message }) => message.includes(id)));
    expect(named).toEqual(ids);
    for (const [table, problem] of [
      ['step', 'is not there'],
      ['idempotency_key', `stands for run ${NOBODY}`],
      [
        'known_migration',
        '20240101000000_gone_postgresql_tenant needs 20240101000001_gone_postgresql_tenant needs',
      ],
      ['attempt', 'so is a later one'],
    ] as const) {
      expect(
        before.bad.filter(({ message }) => message.includes(`state's ${table}`) && message.includes(problem)),
      ).toHaveLength(1);
    }

    const server = await startBfmServer(tree.sfm, { ...environment, BFM_WORKER_RUNS: '2' });
    expect((await server.call('/readyz')).status).toBe(200);
    const statusOf = async (id: string | undefined): Promise<string> =>
      (await findRun(String(id), world.control)).status;
    await until(
      async () => {
        const statuses = await Promise.all([sound, twoOpen, ahead, farLease].map(statusOf));
        return statuses.every((status) => status === 'succeeded');
      },
      { what: 'what can be worked on to end', timeoutMs: 30_000 },
    );
    const list = await server.call('/api/v1/runs?limit=50');
    expect(list.status).toBe(200);
    const { items } = (await list.json()) as {
      items: readonly { id: string; status: string; error: unknown }[];
    };
    const shown = new Map(items.map((run) => [run.id, run]));
    for (const id of [badPlan, badRequest, unknown, negative]) {
      expect(shown.get(String(id))).toMatchObject({
        status: 'needs_attention',
        error: { code: 'state.row_unsound' },
      });
    }
    // It cannot even be taken; it is tried now and then, and keeps nobody waiting.
    const tried = server.said().split('a run could not be worked on').length - 1;
    expect(tried).toBeLessThan(10);
    expect(server.child.exitCode).toBeNull();
    for (const path of [
      '/api/v1/runs/' + String(badPlan),
      '/api/v1/migrations',
      '/api/v1/migrations/20240101000000_gone_postgresql_tenant',
    ]) {
      expect((await server.call(path)).status).toBeLessThan(500);
    }
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);

    for (const { mend } of (await doctor()).bad) {
      if (mend.startsWith('in psql: ')) await stage.state.query(mend.slice('in psql: '.length));
    }
    const after = await doctor();
    expect(after).toEqual({ code: 0, bad: [] });
    const last = await startRun(ORDER, ANN, world.control);
    await work(last.id, world);
    expect(await findRun(last.id, world.control)).toMatchObject({ status: 'succeeded' });
    expect(await findUnsound()).toEqual([]);
  });
});
