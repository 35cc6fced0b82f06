import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import { until } from '@bfm/testing';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { table } from '../api/support/trees.ts';
import { useClient } from '../grpc/support/use-client.ts';
import { useServer, type WholeServer } from './support/use-server.ts';
import { useTokens } from './support/use-tokens.ts';

/** What is promised, and something for a busy machine. */
const SOON_MS = 3_000 + 2_000;
const ORDER = { connections: ['core'], schemas: ['tenant_a'] };

/** A server on which migrations go on until they are let go. */
async function useSlowServer(): Promise<WholeServer & { readonly letGo: () => Promise<void> }> {
  const server = await useServer({
    tree: table(1, 'slow', { up: 'SELECT pg_advisory_xact_lock(4711);', down: null }),
  });
  const holder = new pg.Client({ connectionString: server.databaseUrl });
  await holder.connect();
  await holder.query('SELECT pg_advisory_lock(4711)');
  let held = true;
  const letGo = async (): Promise<void> => {
    if (held) await holder.end();
    held = false;
  };
  onTestFinished(letGo);
  return { ...server, letGo };
}

/** The latest run, once there is one that runs. */
function runOf(server: WholeServer): Promise<string> {
  return until(
    async () => {
      const { items } = (await (await server.fetch('/api/v1/runs?status=running')).json()) as {
        readonly items: readonly { readonly id: string }[];
      };
      return items[0]?.id ?? null;
    },
    { what: 'a run to be taken' },
  );
}

/** How an event stream ends, and after how long. */
async function readToEnd(answer: Response): Promise<string> {
  let text = '';
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) return text;
    text += part.value;
  }
}

test('S6 a revoked token, and one that has expired, ends its event streams; the run and the streams of others go on', async () => {
  const server = await useSlowServer();
  const tokens = useTokens(server.databaseUrl);
  const run = server.run(ORDER);
  const id = await runOf(server);
  const follow = async (token: string): Promise<Response> => {
    const answer = await server.fetch(`/api/v1/runs/${id}/events`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
    return answer;
  };
  const [revoked, kept] = [await tokens.create(), await tokens.create()];
  const streams = await Promise.all([revoked, await tokens.create(1_000), kept].map(follow));
  const [first, second, third] = streams.map(readToEnd);
  await tokens.revoke(revoked);
  const began = performance.now();
  const texts = await Promise.all([first, second]);
  expect(performance.now() - began).toBeLessThan(SOON_MS);
  for (const text of texts) expect(text).not.toContain('run.finished');
  expect(await follow(kept).then((answer) => answer.body?.cancel().then(() => 'follows'))).toBe('follows');
  await server.letGo();
  expect((await run)['status']).toBe('succeeded');
  expect(await third).toContain('run.finished');
});

test('S6 a revoked token ends its StreamMigrate; the run that it began goes on', async () => {
  const server = await useSlowServer();
  const tokens = useTokens(server.databaseUrl);
  const token = await tokens.create();
  const client = useClient(server.grpcPort, { token });
  const stream = client.stream({ target: { connection: 'core' }, connection: 'core', schema: 'tenant_a' });
  stream.on('data', () => undefined);
  const failed = once(stream, 'error');
  const id = await runOf(server);
  await tokens.revoke(token);
  const began = performance.now();
  expect((await failed)[0]).toMatchObject({ code: status.UNAUTHENTICATED });
  expect(performance.now() - began).toBeLessThan(SOON_MS);
  await server.letGo();
  await until(
    async () => {
      const run = (await (await server.fetch(`/api/v1/runs/${id}`)).json()) as { readonly status: string };
      return run.status === 'succeeded';
    },
    { what: 'the run to end' },
  );
});
