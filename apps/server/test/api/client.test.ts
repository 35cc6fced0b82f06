import { BfmClient, ForbiddenError, NotFoundError, UnauthenticatedError } from '@bfm/client';
import { expect, it } from 'vitest';
import { idOf, table } from './support/trees.ts';
import { useApi } from './support/use-api.ts';

const ORDER = { schemas: ['acme', 'globex'] };

async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

it('plans, starts, follows, waits, lists and goes down', async () => {
  const api = await useApi({ ...table(1, 'users'), ...table(2, 'notes') });
  const bfm = new BfmClient({ url: api.url, token: 'admin-token' });
  const { digest, steps } = await bfm.plan(ORDER);
  expect(steps).toHaveLength(4);
  const run = await bfm.start({ ...ORDER, digest }, { idempotencyKey: 'deploy-7' });
  const events = await collect(bfm.follow(run.id));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.at(-1)?.type).toBe('run.finished');
  expect(await collect(bfm.follow(run.id, 3))).toEqual(events.slice(3));
  expect(await bfm.finish(run.id)).toMatchObject({ status: 'succeeded', summary: { applied: 4 } });
  expect((await bfm.start({ ...ORDER, digest }, { idempotencyKey: 'deploy-7' })).id).toBe(run.id);
  expect((await collect(bfm.steps(run.id))).map(({ outcome }) => outcome)).toEqual(Array(4).fill('applied'));
  expect((await collect(bfm.targets())).map(({ schema, applied }) => `${String(schema)} ${applied}`)).toEqual(
    ['acme 2', 'globex 2'],
  );
  const down = await bfm.start({ direction: 'down', schemas: ['acme'], steps: 1 });
  expect((await bfm.finish(down.id)).summary).toMatchObject({ rolled_back: 1 });
  expect((await collect(bfm.runs({ status: 'succeeded' }))).map(({ id }) => id)).toEqual([down.id, run.id]);
  expect(await collect(bfm.history({ outcome: 'rolled_back' }))).toMatchObject([
    { migration_id: idOf(2, 'notes'), run_id: down.id },
  ]);
});

it('tells who may not, and what is not there', async () => {
  const api = await useApi(table(1, 'users'));
  const admin = new BfmClient({ url: api.url, token: 'admin-token' });
  await expect(admin.run('7')).rejects.toThrow(NotFoundError);
  await expect(collect(admin.follow('7'))).rejects.toThrow(NotFoundError);
  await expect(new BfmClient({ url: api.url, token: 'viewer-token' }).start(ORDER)).rejects.toThrow(
    ForbiddenError,
  );
  await expect(new BfmClient({ url: api.url, token: 'nobody' }).plan(ORDER)).rejects.toThrow(
    UnauthenticatedError,
  );
  const { items } = (await api.call('GET', '/runs')).body as { readonly items: readonly unknown[] };
  expect(items).toEqual([]);
});
