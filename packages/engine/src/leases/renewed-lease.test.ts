import { describe, expect, it } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import type { Grant } from './grant.ts';
import { RenewedLease } from './renewed-lease.ts';

/** A clock whose time a test sets; sleepers wake when it has passed, unless they are frozen. */
class SetClock implements Clock {
  nowMs = 1_000;
  isFrozen = false;
  readonly #sleepers = new Set<{ readonly endMs: number; readonly wake: () => void }>();

  monotonicMs(): number {
    return this.nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const sleeper = { endMs: this.nowMs + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        resolve();
      });
    });
  }

  get sleepers(): number {
    return this.#sleepers.size;
  }

  /** Lets time pass in small steps, so that whoever wakes can go to sleep again. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    while (this.nowMs < endMs) {
      this.nowMs = Math.min(endMs, this.nowMs + 10);
      if (!this.isFrozen) this.#wake();
      await turn();
    }
  }

  #wake(): void {
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.endMs > this.nowMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const TTL_MS = 1_200;

function held(renew: Grant['renew'], clock = new SetClock()) {
  const calls = { renewed: [] as number[], released: 0 };
  const grant: Grant = {
    token: '7',
    askedAtMs: clock.nowMs,
    renew: () => {
      calls.renewed.push(clock.nowMs - 1_000);
      return renew();
    },
    release: () => {
      calls.released += 1;
      return Promise.reject(new Error('away'));
    },
  };
  const lease = new RenewedLease(grant, { clock, ttlMs: TTL_MS, what: 'core/a at here' });
  return { lease, clock, calls };
}

const yes = (): Promise<boolean> => Promise.resolve(true);

describe('a lease that renews itself', () => {
  it('is renewed at every third of its time and is kept', async () => {
    const { lease, clock, calls } = held(yes);
    await clock.pass(10_000);
    expect(lease.lost.aborted).toBe(false);
    expect(calls.renewed.slice(0, 3)).toEqual([400, 800, 1_200]);
    expect(calls.renewed).toHaveLength(25);
    await lease[Symbol.asyncDispose]();
  });

  it('is lost at once when the provider says that it is gone', async () => {
    const { lease, clock } = held(() => Promise.resolve(false));
    const heard = new Promise((resolve) => {
      lease.lost.addEventListener('abort', resolve);
    });
    await clock.pass(410);
    await heard;
    expect(lease.lost.reason).toMatchObject({ code: 'lock.lost', details: { token: '7' } });
    await clock.pass(5_000);
    expect(clock.sleepers).toBe(0);
  });

  it('a provider that is away is asked again and again until the margin before the end', async () => {
    const { lease, clock, calls } = held(() => Promise.reject(new Error('away')));
    const signal = lease.lost;
    await clock.pass(TTL_MS - TTL_MS / 6 - 10);
    expect(signal.aborted).toBe(false);
    expect(calls.renewed.length).toBeGreaterThan(8);
    await clock.pass(20);
    expect(signal.aborted).toBe(true);
  });

  it('a provider that was away for a moment costs nothing', async () => {
    let isAway = true;
    const { lease, clock, calls } = held(() => (isAway ? Promise.reject(new Error('away')) : yes()));
    await clock.pass(900);
    isAway = false;
    await clock.pass(100);
    const tries = calls.renewed.length;
    await clock.pass(300);
    expect(calls.renewed).toHaveLength(tries);
    await clock.pass(5_000);
    expect(lease.lost.aborted).toBe(false);
    await lease[Symbol.asyncDispose]();
  });

  it('a renewal that hangs delays neither the next one nor the loss', async () => {
    const { lease, clock, calls } = held(() => new Promise(() => undefined));
    const signal = lease.lost;
    await clock.pass(990);
    expect(calls.renewed.length).toBeGreaterThan(1);
    await clock.pass(20);
    expect(signal.aborted).toBe(true);
  });

  it('an answer counts from when it was asked for, and none after the end', async () => {
    const answers: ((is: boolean) => void)[] = [];
    const { lease, clock } = held(() => new Promise((resolve) => answers.push(resolve)));
    await clock.pass(900);
    answers[0]?.(true);
    // Asked for at 400, it lasts until 1400.
    await clock.pass(490);
    expect(lease.lost.aborted).toBe(false);
    await clock.pass(20);
    for (const answer of answers) answer(true);
    await turn();
    expect(lease.lost.aborted).toBe(true);
  });

  it('after a freeze the loss shows before any timer has run, and nothing is renewed', async () => {
    const { lease, clock, calls } = held(yes);
    clock.isFrozen = true;
    await clock.pass(1_100);
    expect(lease.lost.aborted).toBe(true);
    clock.isFrozen = false;
    await clock.pass(1_000);
    expect(calls.renewed).toEqual([]);
  });

  it('is given back once, never throws, and stops its timers', async () => {
    const { lease, clock, calls } = held(yes);
    await Promise.all([lease[Symbol.asyncDispose](), lease[Symbol.asyncDispose]()]);
    await lease[Symbol.asyncDispose]();
    expect(calls.released).toBe(1);
    await clock.pass(5_000);
    expect(calls.renewed).toEqual([]);
    expect(clock.sleepers).toBe(0);
    expect(lease.lost.aborted).toBe(false);
  });

  it('given back while a renewal is under way, it is not lost by its answer', async () => {
    let answer: (is: boolean) => void = () => undefined;
    const { lease, clock } = held(() => new Promise((resolve) => (answer = resolve)));
    await clock.pass(410);
    await lease[Symbol.asyncDispose]();
    answer(false);
    await turn();
    expect(lease.lost.aborted).toBe(false);
    expect(clock.sleepers).toBe(0);
  });
});
