import { expect, test } from 'vitest';
import { idOf, table } from '../api/support/trees.ts';
import { useClient } from '../grpc/support/use-client.ts';
import { ADMIN_TOKEN, useServer } from './support/use-server.ts';

const TREE = { ...table(1, 'orders'), ...table(2, 'broken', { up: "SELECT 'c4n4ry'::int;" }) };

test('every line of a run has its id and that of its request, and those of migrations their target', async () => {
  const server = await useServer({ tree: TREE, environment: { BFM_LOG_LEVEL: 'warn,runs=debug' } });
  const run = await server.run(
    { connections: ['core'], schemas: ['tenant_a'] },
    { 'x-request-id': 'deploy-42' },
  );
  const lines = server.lines().filter(({ module }) => module === 'runs');
  expect(lines.map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(['run taken', 'target taken', 'migration begun', 'migration ended', 'run ended']),
  );
  for (const line of lines) expect(line).toMatchObject({ run: run['id'], requestId: 'deploy-42' });
  const ends = lines.filter(({ msg }) => msg === 'migration ended');
  expect(ends).toMatchObject([
    { level: 'info', target: 'core/tenant_a', migration: idOf(1, 'orders'), outcome: 'applied' },
    {
      level: 'warn',
      target: 'core/tenant_a',
      migration: idOf(2, 'broken'),
      outcome: 'failed',
      code: 'step.failed',
      line: 1,
    },
  ]);
  expect(JSON.stringify(lines)).not.toContain('c4n4ry');
  // Of other modules only what is serious.
  expect(server.lines().filter(({ level, module }) => module !== 'runs' && level === 'info')).toEqual([]);
});

test('requests of both wires are told with their ids, their ends and the codes of errors', async () => {
  const server = await useServer({
    tree: TREE,
    environment: { BFM_LOG_LEVEL: 'silent,http=info,grpc=info' },
  });
  const headers = { 'x-request-id': 'ask-1' };
  await server.fetch('/api/v1/runs/00000000-0000-4000-8000-000000000000', { headers });
  await server.fetch('/api/v1/runs', { headers: { 'x-request-id': 'a b{}' } });
  const grpc = useClient(server.grpcPort, { token: ADMIN_TOKEN, metadata: { 'x-request-id': 'ask-2' } });
  await grpc.call('GetMigration', { migration_id: 'nobody' }).catch(() => undefined);
  expect(server.lines()).toMatchObject([
    {
      module: 'http',
      requestId: 'ask-1',
      method: 'GET',
      route: '/api/v1/runs/:id',
      status: 404,
      code: 'run.not_found',
    },
    { module: 'http', requestId: expect.stringMatching(/^[\da-f-]{36}$/) as string, status: 200 },
    {
      module: 'grpc',
      requestId: 'ask-2',
      method: '/migration.MigrationService/GetMigration',
      code: 'NOT_FOUND',
    },
  ]);
});
