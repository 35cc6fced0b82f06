import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificateAuthority, POSTGRES_MAJORS, until } from '@bfm/testing';
import { credentials } from '@grpc/grpc-js';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SERVER_TOKEN, startBfmServer } from '../../../test/support/bfm-server.ts';
import { buildCli, connectionsTo, startBfm, type BfmProcess } from '../../../test/support/bfm.ts';
import { momentsOn } from '../../../test/support/moments.ts';
import { useControl } from '../../../test/support/use-control.ts';
import { useClient } from './grpc/support/use-client.ts';

describe.each(POSTGRES_MAJORS)('processes of a server, PostgreSQL %i', async (major) => {
  const stage = await useControl(major);
  const only = momentsOn(major, ['TLS and migrations at the start', 'a folder that changes']);
  beforeAll(() => {
    buildCli();
  });
  const environment = (): Record<string, string> => ({
    ...connectionsTo(stage.target.url, 'tenant'),
    BFM_STATE_URL: stage.state.url,
    BFM_RUN_LEASE: '2s',
  });
  const startWorker = (sfm: string): BfmProcess => {
    const worker = startBfm(['worker', '--sfm', sfm], environment());
    onTestFinished(() => void worker.child.kill('SIGKILL'));
    return worker;
  };
  const applied = async (schema: string): Promise<number> =>
    (
      await stage.target
        .query(
          `SELECT 1 FROM bfm.ledger JOIN bfm.scope USING (scope_id) WHERE schema_name = '${schema}' AND status = 'applied'`,
        )
        .catch(() => [])
    ).length;

  it('K1 bfm worker carries out the runs of a server that has none; killed, another one goes on', async () => {
    const { tree, findUnsound } = await stage.open({ seconds: 0.3 });
    const server = await startBfmServer(tree.sfm, { ...environment(), BFM_SERVER_WORKER: 'false' });
    const asked = server.up(['one']);
    const first = startWorker(tree.sfm);
    await until(async () => (await applied('one')) > 1, {
      what: 'the worker to be in the middle',
      timeoutMs: 20_000,
    });
    first.child.kill('SIGKILL');
    const second = startWorker(tree.sfm);
    const answer = await asked;
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 200,
      body: { success: true },
    });
    const rows = await stage.state.query(`SELECT fence::int, ended_as FROM bfm_state.attempt ORDER BY fence`);
    expect(rows).toEqual([
      { fence: 1, ended_as: 'lost' },
      { fence: 2, ended_as: 'succeeded' },
    ]);
    for (const each of [server, second]) {
      each.child.kill('SIGTERM');
      expect({ code: (await each.ended).code, said: each.said() }).toMatchObject({ code: 0 });
    }
    expect(await findUnsound()).toEqual([]);
  });

  it.runIf(only.includes('TLS and migrations at the start'))(
    'HTTP and gRPC speak TLS with one certificate, and clear text with nobody',
    async () => {
      const { tree, findUnsound } = await stage.open({ seconds: 0 });
      const folder = await mkdtemp(join(tmpdir(), 'bfm-tls-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const authority = makeCertificateAuthority('tests');
      const { certificate, key } = authority.issue({ commonName: 'bfm', hosts: ['localhost', '127.0.0.1'] });
      const [cert, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
      writeFileSync(cert, certificate);
      writeFileSync(keyFile, key, { mode: 0o600 });
      const server = await startBfmServer(tree.sfm, {
        ...environment(),
        BFM_TLS_CERT: cert,
        BFM_TLS_KEY: keyFile,
      });
      const { port } = new URL(server.url);
      const status = await new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${SERVER_TOKEN}` };
        const asked = request(
          { host: 'localhost', port, path: '/api/v1/me', ca: authority.certificate, headers },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          },
        );
        asked.on('error', reject).end();
      });
      expect(status).toBe(200);
      await expect(server.call('/livez')).rejects.toThrow();
      const trusting = useClient(server.grpcPort, {
        token: SERVER_TOKEN,
        credentials: credentials.createSsl(Buffer.from(authority.certificate)),
      });
      expect(
        await trusting.call('Migrate', {
          target: { connection: 'tenant' },
          connection: 'tenant',
          schema: 'one',
        }),
      ).toMatchObject({
        success: true,
      });
      const clear = useClient(server.grpcPort, { token: SERVER_TOKEN, deadlineMs: 3_000 });
      await expect(clear.call('Health')).rejects.toThrow(/UNAVAILABLE|DEADLINE/);
      server.child.kill('SIGTERM');
      expect((await server.ended).code).toBe(0);
      expect(await findUnsound()).toEqual([]);
    },
  );

  it.runIf(only.includes('TLS and migrations at the start'))(
    'what is pending is applied at the start only when asked for; a database that is away stops no other',
    async () => {
      const { tree, findUnsound } = await stage.open({ seconds: 0 });
      const broken = join(tree.sfm, 'postgresql', 'broken');
      mkdirSync(broken);
      writeFileSync(join(broken, '20250101000001_step_1.up.sql'), '-- bfm: schema=x\nSELECT 1;\n');
      const more = {
        ...environment(),
        BROKEN_BACKEND: 'postgresql',
        BROKEN_URL: 'postgres://nobody@127.0.0.1:1/nowhere',
        TENANT_SCHEMA: 'one',
      };
      const idle = await startBfmServer(tree.sfm, more);
      expect(await (await idle.call('/api/v1/runs')).json()).toMatchObject({ items: [] });
      idle.child.kill('SIGTERM');
      expect((await idle.ended).code).toBe(0);
      expect(await applied('one')).toBe(0);
      const server = await startBfmServer(tree.sfm, {
        ...more,
        BFM_AUTO_MIGRATE: 'true',
        BFM_AUTO_MIGRATE_RETRY_INTERVAL: '200ms',
        BFM_AUTO_MIGRATE_MAX_ROUNDS: '3',
      });
      await until(async () => (await applied('one')) === 6, { what: 'all to be applied', timeoutMs: 20_000 });
      await until(() => Promise.resolve(server.said().includes('auto-migrate gave up')), {
        what: 'the other connection to be given up',
        timeoutMs: 20_000,
      });
      const gaveUp = server
        .said()
        .split('\n')
        .find((line) => line.includes('gave up'));
      expect(JSON.parse(gaveUp ?? '{}')).toMatchObject({ connections: ['broken'] });
      expect((await server.call('/readyz')).status).toBe(200);
      server.child.kill('SIGTERM');
      expect((await server.ended).code).toBe(0);
      expect(await findUnsound()).toEqual([]);
    },
  );

  it.runIf(only.includes('a folder that changes'))(
    'a faulty file that appears is quarantined with what needs it, all others run; mended, it is back',
    async () => {
      const { tree, findUnsound } = await stage.open({ seconds: 0, kinds: ['transaction'] });
      const server = await startBfmServer(tree.sfm, environment());
      const listed = async (): Promise<readonly string[]> => {
        const answer = await server.call('/api/v1/migrations');
        const { items } = (await answer.json()) as { readonly items: readonly { readonly name: string }[] };
        return items.map(({ name }) => name).sort();
      };
      const file = (number: number, name: string, text: string): void => {
        const stem = join(tree.sfm, 'postgresql', 'tenant', `2025010200000${number}_${name}`);
        writeFileSync(`${stem}.up.sql`, text);
      };
      expect(await listed()).toEqual(['step_1']);
      file(1, 'faulty', 'CREATE TABLE half (id int;\n');
      file(2, 'needs_it', '-- bfm: depends-on=faulty\nSELECT 1;\n');
      file(
        3,
        'sound',
        `INSERT INTO public.effect_log (migration, target) VALUES ('sound', current_schema());\n`,
      );
      await until(async () => (await listed()).includes('sound'), {
        what: 'the sound one',
        timeoutMs: 20_000,
      });
      await until(() => Promise.resolve(server.said().includes('needs_it_postgresql_tenant is left out')), {
        what: 'the quarantine to be told',
        timeoutMs: 20_000,
      });
      const first = await server.up(['one']);
      const said = await first.text();
      expect(said).toContain('sound');
      expect(await applied('one')).toBe(2);
      file(
        1,
        'faulty',
        `INSERT INTO public.effect_log (migration, target) VALUES ('faulty', current_schema());\n`,
      );
      file(
        2,
        'needs_it',
        `-- bfm: depends-on=faulty\nINSERT INTO public.effect_log (migration, target) VALUES ('needs_it', current_schema());\n`,
      );
      await until(
        async () => {
          await server.up(['one']);
          return (await applied('one')) === 4;
        },
        { what: 'the mended ones to be applied', timeoutMs: 20_000, everyMs: 300 },
      );
      server.child.kill('SIGTERM');
      expect((await server.ended).code).toBe(0);
      expect(await findUnsound()).toEqual([]);
    },
  );
});
