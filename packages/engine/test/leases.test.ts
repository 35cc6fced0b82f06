import { BfmError, type Catalog } from '@bfm/core';
import { buildCatalog, leaseKey, type LeaseHolder } from '@bfm/engine';
import { makeDraft, MemoryLocks, MemoryStore, MemoryWorld } from '@bfm/testing';
import { describe, expect, it } from 'vitest';

const OTHER = {
  actor: 'ann@laptop',
  pid: 7,
  runId: 'other',
  connection: 'app',
  schema: 'main',
} as LeaseHolder;
const KEY = leaseKey('memory', 'main' as never);

describe('leases of targets', () => {
  it('are held while a target is, and given back behind its session', async () => {
    const seen: (readonly string[])[] = [];
    const { world, locks } = worldOf((held) => seen.push(held));
    expect((await world.apply()).status).toBe('succeeded');
    expect(seen).toEqual([[KEY], [KEY]]);
    expect(await locks.list()).toEqual([]);
  });

  it('name their holder to whoever waits in vain, and who is let in when it has gone', async () => {
    const { world, locks, store } = worldOf();
    const plan = await world.plan();
    const held = await locks.tryAcquire(KEY, OTHER);
    const result = await world.run(plan, { lockWaitMs: 0 });
    expect(result.steps[0]).toMatchObject({
      outcome: 'not_started',
      error: {
        code: 'target.locked',
        details: { holder: 'ann@laptop (pid 7, run other)', since: '2026-01-02T03:04:05Z', token: '1' },
      },
    });
    expect(result.steps[0]?.error?.message).toContain(
      'run other), since 2026-01-02T03:04:05Z, lease 1, which ends in 30 s unless it is renewed;',
    );
    expect(world.events).not.toContainEqual(expect.objectContaining({ type: 'target.waiting' }));
    expect(store.scopes.get('app/main')?.token ?? 0).toBe(0);
    if (held.ok) await held.lease[Symbol.asyncDispose]();
    expect((await world.run(plan, { lockWaitMs: 0 })).status).toBe('succeeded');
  });

  it('are kept while the session of somebody without leases is waited for, by one deadline', async () => {
    const { world, locks, store } = worldOf();
    const plan = await world.plan();
    const target = { backend: 'postgresql', connection: 'app', schema: 'main' } as never;
    const { signal } = new AbortController();
    const taken = await store.tryOpen({ target, runId: 'other', actor: 'bob@there', signal });
    const running = world.run(plan, { lockWaitMs: 60_000 });
    while (world.clock.slept.length < 3) await world.clock.sleep(0);
    expect(await locks.list()).toMatchObject([{ key: KEY, holder: { runId: 'run-1', pid: 1 } }]);
    if (taken.ok) await taken.session[Symbol.asyncDispose]();
    expect((await running).status).toBe('succeeded');
    expect(await locks.list()).toEqual([]);
  });

  it('are seen to be asked for, the store behind them, and whoever holds them is told of when it changes', async () => {
    const { world, locks } = worldOf();
    const plan = await world.plan();
    const first = await locks.tryAcquire(KEY, OTHER);
    const running = world.run(plan, { lockWaitMs: 60_000 });
    while (world.clock.slept.length < 3) await world.clock.sleep(0);
    if (first.ok) await first.lease[Symbol.asyncDispose]();
    const second = await locks.tryAcquire(KEY, { ...OTHER, actor: 'bob@there' });
    while (world.clock.slept.length < 6) await world.clock.sleep(0);
    if (second.ok) await second.lease[Symbol.asyncDispose]();
    expect((await running).status).toBe('succeeded');
    const told = world.events.flatMap((event) => {
      if (event.type === 'target.asking') return [event.whom];
      return event.type === 'target.waiting' ? [event.holder.name.split('@')[0]] : [];
    });
    expect(told.filter((each, index) => each !== told[index - 1])).toEqual([
      'locks',
      'ann',
      'locks',
      'bob',
      'locks',
      'store',
    ]);
  });

  it('that are lost stop the target before the next step, which is done under a new lease and token', async () => {
    const taken: (() => Promise<void>)[] = [];
    const { world, locks, store } = worldOf(() => void taken.pop()?.());
    taken.push(() => locks.releaseAll());
    const result = await world.apply();
    expect(result.steps.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
    expect(store.effects).toEqual(['app/main: do m0001', 'app/main: do m0002']);
    const tokens = world.events.flatMap((event) =>
      event.type === 'target.started' ? event.fencingToken : [],
    );
    expect(tokens).toEqual(['1', '2']);
    expect(world.events).toContainEqual(
      expect.objectContaining({
        type: 'target.lost',
        error: expect.objectContaining({ code: 'lock.lost' }) as unknown,
      }),
    );
    expect(await locks.list()).toEqual([]);
  });

  it('that cannot be had again end the target with that, and call nothing failed or unknown', async () => {
    const { world, locks, store } = worldOf(() => {
      locks.isAway = true;
      void locks.releaseAll();
    });
    const result = await world.apply();
    expect(result.steps).toMatchObject([
      { outcome: 'applied' },
      { outcome: 'not_started', error: { code: 'lock.unreachable' } },
    ]);
    expect(store.effects).toEqual(['app/main: do m0001']);
  });

  it('that cannot be asked for at all end every target before anything is sent', async () => {
    const { world, locks, store } = worldOf();
    locks.isAway = true;
    const result = await world.apply();
    expect(result.steps.map(({ error }) => error?.code)).toEqual(['lock.unreachable', 'lock.unreachable']);
    expect(store.effects).toEqual([]);
    expect(world.clock.slept).toEqual([]);
  });

  it('are given back when the session cannot be opened', async () => {
    const { world, locks, store } = worldOf();
    const plan = await world.plan();
    store.tryOpen = () => Promise.reject(new BfmError('target.unreachable', { message: 'gone' }));
    expect((await world.run(plan)).steps[0]?.error?.code).toBe('target.unreachable');
    expect(await locks.list()).toEqual([]);
  });
});

/** Two migrations of one target; hears which leases are held at each statement. */
function worldOf(onStatement: (held: readonly string[]) => unknown = () => undefined): {
  readonly world: MemoryWorld;
  readonly locks: MemoryLocks;
  readonly store: MemoryStore;
} {
  const locks = new MemoryLocks();
  const store = new MemoryStore('memory', () => {
    onStatement(locks.keys());
    return 'ok';
  });
  const world = new MemoryWorld(catalogOf(), store);
  world.locks = locks;
  return { world, locks, store };
}

function catalogOf(): Catalog {
  const drafts = ['20250101000001', '20250101000002'].map((version) => makeDraft({ version }));
  return buildCatalog(drafts, { defaultSchemas: new Map() }).catalog;
}
