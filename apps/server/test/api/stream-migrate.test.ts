import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { readAll, useClient } from '../grpc/support/use-client.ts';
import { idOf, table } from './support/trees.ts';
import { useApi } from './support/use-api.ts';

const UP = { target: {}, connection: 'core' };
const USERS = idOf(1, 'users');
const NOTES = idOf(2, 'notes');

describe('StreamMigrate', () => {
  it('tells of each migration that it runs and how it ended, up to 100; the second time it skips', async () => {
    const { grpc } = await useApi({ ...table(1, 'users', { schema: 'shop' }), ...table(2, 'notes') });
    const first = await readAll(grpc.stream({ ...UP, schema: 't' }));
    expect(first.error).toBeNull();
    for (const id of [USERS, `t_${NOTES}`]) {
      const own = first.messages.filter((message) => message['migration_id'] === id);
      expect(own.map((message) => message['status'])).toEqual(['running', 'success']);
    }
    expect(first.messages.at(-1)).toMatchObject({ progress: 100 });
    const second = await readAll(grpc.stream({ ...UP, schema: 't' }));
    expect(second.messages.map((message) => message['status'])).toEqual([
      'running',
      'skipped',
      'running',
      'skipped',
    ]);
    expect(second.messages.at(-1)).toMatchObject({ progress: 100 });
  });

  it('ends OK although a migration failed, and says which did not run for it', async () => {
    const { grpc } = await useApi({
      ...table(1, 'users', { schema: 'shop', up: 'SELECT 1/0;' }),
      ...table(2, 'notes', { schema: 'shop', head: '-- bfm: depends-on=core/users' }),
    });
    const { messages, error } = await readAll(grpc.stream(UP));
    expect(error).toBeNull();
    expect(messages.filter((message) => message['status'] === 'failed')).toMatchObject([
      { migration_id: USERS, message: expect.stringContaining('division by zero') as string },
      { migration_id: NOTES, progress: 100 },
    ]);
  });

  it('refuses what says no target', async () => {
    const { grpc } = await useApi({});
    expect((await readAll(grpc.stream({ connection: 'core' }))).error?.code).toBe(status.INVALID_ARGUMENT);
  });
});

it('R3 the same request over HTTP and gRPC, again and again with one key, is one run', async () => {
  const api = await useApi(table(1, 'users', { schema: 'shop' }));
  const { call, grpcPort, state } = api;
  const other = useClient(grpcPort, { metadata: { 'idempotency-key': 'r3' } });
  const headers = { 'idempotency-key': 'r3' };
  const http = (): Promise<unknown> => call('POST', '/migrations/up', UP, { headers });
  const grpc = (): Promise<unknown> => other.call('Migrate', UP);
  await Promise.allSettled([http(), grpc(), http(), grpc(), http(), grpc()]);
  expect(await http()).toMatchObject({ status: 200, body: { applied: [USERS] } });
  expect(await grpc()).toMatchObject({ success: true, applied: [USERS] });
  const filter = { status: null, actor: null, method: null };
  const { items } = await state.read(({ runs }) => runs.list(filter, { limit: 10, after: null }));
  expect(items).toHaveLength(1);
});
