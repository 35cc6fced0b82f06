import { BfmError, type Catalog, type StepResult, type TargetHolder } from '@bfm/core';
import { buildCatalog, type RunOptions } from '@bfm/engine';
import { makeDraft, MemoryLocks, MemoryStore, MemoryWorld, type StatementEffect } from '@bfm/testing';
import { describe, expect, it } from 'vitest';

describe('a run that is interrupted and loses what it held', () => {
  it('calls what was tried in vain not started, when the lease is lost and the stop comes while it is waited for', async () => {
    const { world, locks } = worldOf('contended', () => {
      locks.tryAcquire = () => {
        asked.abort();
        return Promise.resolve({ ok: false, held: null });
      };
      void locks.releaseAll();
    });
    const asked = new AbortController();
    const result = await world.apply({}, { stop: asked.signal });
    expect(told(result.steps)).toEqual([
      ['not_started', 'run.cancelled'],
      ['not_started', 'run.cancelled'],
    ]);
    expect(result.status).toBe('cancelled');
  });

  it('does so when nobody asked to stop and the lease cannot be had again, too', async () => {
    const { world, locks } = worldOf('contended', () => {
      locks.isAway = true;
      void locks.releaseAll();
    });
    const result = await world.apply({}, { stop: new AbortController().signal });
    expect(told(result.steps)).toEqual([
      ['not_started', 'lock.unreachable'],
      ['not_started', 'lock.unreachable'],
    ]);
  });

  it.each([
    ['lost_after_commit', ['applied', undefined], 1],
    ['lost_before_commit', ['not_started', 'run.cancelled'], 0],
  ] as const)('looks what became of a step that was %s before it stops', async (effect, first, effects) => {
    const { world, store, stop } = worldOf(effect, () => undefined);
    const result = await world.apply({}, { stop: stop.signal });
    expect(told(result.steps)).toEqual([first, ['not_started', 'run.cancelled']]);
    expect(store.effects).toHaveLength(effects);
  });

  it('says that it may be committed when there was no time to look, and why there was none', async () => {
    const { world, stop } = worldOf('lost_after_commit', () => undefined);
    const result = await world.apply({}, { stop: stop.signal, cancel: stop.signal });
    expect(told(result.steps)).toEqual([
      ['needs_attention', 'step.unknown'],
      ['not_started', 'run.cancelled'],
    ]);
    expect(result.steps[0]?.error?.message).toMatch(
      /^the connection to app\/main broke during \S+, and the run was cancelled before its ledger could be read again: it is committed or it is not$/,
    );
  });

  it.each([
    ['lost_after_commit', ['applied', undefined]],
    ['lost_before_commit', ['not_started', 'target.locked']],
  ] as const)(
    'looks into the events when somebody else has the target since, for a step %s',
    async (effect, first) => {
      const { world, store } = worldOf(effect, () => undefined);
      overtake(store, { name: 'eve', since: null, token: '7' });
      expect(told((await world.apply({}, { lockWaitMs: 0 })).steps)).toEqual([
        first,
        ['not_started', 'target.locked'],
      ]);
    },
  );

  it('leaves it in doubt when all that is known is a lease, or an older fence', async () => {
    for (const holder of [
      { name: 'eve', since: null, token: '7', leaseEndsInMs: 9_000 },
      { name: 'eve', since: null, token: '1' },
    ]) {
      const { world, store } = worldOf('lost_after_commit', () => undefined);
      overtake(store, holder);
      const [step] = (await world.apply({}, { lockWaitMs: 0 })).steps;
      expect(step).toMatchObject({ outcome: 'needs_attention', error: { code: 'step.unknown' } });
    }
  });

  it('gives up looking when it is cancelled, and does not ask without a pause until then', async () => {
    const { world, store, stop } = worldOf('lost_after_commit', () => undefined);
    const cancel = new AbortController();
    const tryOpen = store.tryOpen.bind(store);
    let opened = 0;
    store.tryOpen = (options) => {
      opened += 1;
      if (opened === 3) cancel.abort();
      return opened === 1
        ? tryOpen(options)
        : Promise.reject(new BfmError('target.unreachable', { message: 'away' }));
    };
    const options: Partial<RunOptions> = { stop: stop.signal, cancel: cancel.signal };
    const result = await world.apply({}, options);
    expect(result.steps[0]).toMatchObject({ outcome: 'needs_attention', error: { code: 'step.unknown' } });
    expect(opened).toBe(3);
    expect(world.clock.slept).toHaveLength(3);
  });
});

/** Has somebody else hold the target whenever it is asked for again. */
function overtake(store: MemoryStore, holder: TargetHolder): void {
  const tryOpen = store.tryOpen.bind(store);
  let opened = 0;
  store.tryOpen = (options) => {
    opened += 1;
    return opened === 1 ? tryOpen(options) : Promise.resolve({ ok: false, holder });
  };
}

function told(steps: readonly StepResult[]): readonly unknown[] {
  return steps.map(({ outcome, error }) => [outcome, error?.code]);
}

/** Two migrations, the first statement of which has this effect once, with a stop asked for and more at that moment. */
function worldOf(
  effect: StatementEffect,
  andThen: () => void,
): {
  readonly world: MemoryWorld;
  readonly locks: MemoryLocks;
  readonly store: MemoryStore;
  readonly stop: AbortController;
} {
  const stop = new AbortController();
  const locks = new MemoryLocks();
  let left = 1;
  const store = new MemoryStore('memory', () => {
    if (left-- <= 0) return 'ok';
    // A contended step is tried again as long as nobody has asked to stop: that comes while it rests.
    if (effect === 'contended') {
      queueMicrotask(() => queueMicrotask(() => queueMicrotask(stopNow)));
    } else stopNow();
    return effect;
  });
  const stopNow = (): void => {
    stop.abort();
    andThen();
  };
  const world = new MemoryWorld(catalogOf(), store);
  world.locks = locks;
  return { world, locks, store, stop };
}

function catalogOf(): Catalog {
  const drafts = ['20250101000001', '20250101000002'].map((version) => makeDraft({ version }));
  return buildCatalog(drafts, { defaultSchemas: new Map() }).catalog;
}
