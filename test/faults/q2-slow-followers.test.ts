import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { SchemaName } from '@bfm/core';
import { startRun } from '@bfm/service';
import { POSTGRES_MAJORS, until } from '@bfm/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SERVER_TOKEN, startBfmServer, type BfmServerProcess } from '../support/bfm-server.ts';
import { buildCli, connectionsTo } from '../support/bfm.ts';
import { ANN, orderFor } from '../support/control-world.ts';
import { useControl, work } from '../support/use-control.ts';

const MIB = 1024 * 1024;
/** Of one run: 40 MiB, which twenty who follow it would make 800 MiB of, were they all kept. */
const EVENTS = 10_000;
const EVENT_BYTES = 4_096;
const FOLLOWERS = 20;
/** 6 and 23 MiB were seen. */
const HELD_MAX = 100 * MIB;
/** With what is thrown away after all of it was read once, and a run: 290 MiB were seen. */
const GROWTH_MAX = 500 * MIB;

function residentBytes({ child }: BfmServerProcess): number {
  return Number(readFileSync(`/proc/${String(child.pid)}/statm`, 'utf8').split(' ')[1]) * 4_096;
}

describe.each(POSTGRES_MAJORS)('who follows a run and does not read, PostgreSQL %i', async (major) => {
  const stage = await useControl(major);
  beforeAll(() => {
    buildCli();
  });

  /** Asks for the events of a run and takes no more than the kernel does. */
  function follow({ url }: BfmServerProcess, runId: string): Socket {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    onTestFinished(() => {
      socket.destroy();
    });
    socket.write(
      `GET /api/v1/runs/${runId}/events HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${SERVER_TOKEN}\r\n\r\n`,
    );
    socket.pause();
    return socket;
  }

  it('Q2 costs no memory and keeps nobody waiting; whoever is gone is forgotten, and one that reads gets all', async () => {
    const { world, tree, findUnsound } = await stage.open();
    const run = await startRun(orderFor({ schemas: ['one' as SchemaName] }), ANN, world.control);
    await work(run.id, world);
    await stage.state.query(`
      WITH last AS (SELECT max(seq) AS seq FROM bfm_state.run_event WHERE run_id = '${run.id}')
      INSERT INTO bfm_state.run_event (run_id, seq, type, body)
      SELECT '${run.id}', last.seq + n, 'notice', jsonb_build_object('type', 'notice', 'text', repeat('x', ${EVENT_BYTES}))
      FROM last, generate_series(1, ${EVENTS}) AS n ORDER BY n;
      UPDATE bfm_state.run_event SET type = 'notice' WHERE run_id = '${run.id}' AND type = 'run.finished'`);
    const server = await startBfmServer(tree.sfm, {
      ...connectionsTo(stage.target.url, 'tenant'),
      BFM_STATE_URL: stage.state.url,
    });
    const before = residentBytes(server);
    const followers = Array.from({ length: FOLLOWERS }, () => follow(server, run.id));
    const open = async (): Promise<number> =>
      Number(
        /^bfm_http_requests_in_flight(?:\{[^}]*\})? (\d+)/m.exec(
          await (await server.call('/metrics')).text(),
        )?.[1],
      );
    await until(async () => (await open()) > FOLLOWERS, { what: 'all to be followed' });
    expect(residentBytes(server) - before).toBeLessThan(HELD_MAX);
    // One that reads gets every event, while the others hold theirs up.
    const all = await server.call(`/api/v1/runs/${run.id}/events`);
    const text = await all.text();
    expect(text.split('\nevent: ').length - 1).toBeGreaterThan(EVENTS);
    expect((await server.up(['one'])).status).toBe(200);
    expect(residentBytes(server) - before).toBeLessThan(GROWTH_MAX);
    for (const follower of followers) follower.destroy();
    // The request for the metrics is one itself.
    await until(async () => (await open()) === 1, { what: 'those who are gone to be forgotten' });
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    expect(await findUnsound()).toEqual([]);
  });
});
