import { BfmError } from '@bfm/core';
import type { HeldLease, Lease, LeaseAttempt, LeaseHolder, LockProvider } from '@bfm/engine';

/** A {@link LockProvider} in memory, for tests of the engine: leases end when they are given back or taken away. */
export class MemoryLocks implements LockProvider {
  readonly kind = 'postgresql';
  readonly address = 'memory';
  /** Set to have nobody reach the provider. */
  isAway = false;
  readonly #held = new Map<string, { readonly held: HeldLease; readonly controller: AbortController }>();
  #tokens = 0;

  async tryAcquire(key: string, holder: LeaseHolder): Promise<LeaseAttempt> {
    // A turn of the event loop, as any real provider takes: lets concurrent takers interleave.
    await Promise.resolve();
    if (this.isAway) throw new BfmError('lock.unreachable', { message: 'away' });
    const known = this.#held.get(key);
    if (known !== undefined) return { ok: false, held: known.held };
    this.#tokens += 1;
    const token = String(this.#tokens);
    const held = { key, token, holder, since: '2026-01-02T03:04:05Z', endsInMs: 30_000 };
    const controller = new AbortController();
    this.#held.set(key, { held, controller });
    return { ok: true, lease: this.#lease(held, controller.signal) };
  }

  list(): Promise<readonly HeldLease[]> {
    return Promise.resolve([...this.#held.values()].map(({ held }) => held));
  }

  release(token: string): Promise<HeldLease | null> {
    for (const [key, { held, controller }] of this.#held) {
      if (held.token !== token) continue;
      this.#held.delete(key);
      controller.abort(new BfmError('lock.lost', { message: `the lease of ${key} was taken away` }));
      return Promise.resolve(held);
    }
    return Promise.resolve(null);
  }

  /** What is held. */
  keys(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** Takes all leases away from whoever holds them. */
  async releaseAll(): Promise<void> {
    for (const { held } of [...this.#held.values()]) await this.release(held.token);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #lease({ key, token }: HeldLease, lost: AbortSignal): Lease {
    return {
      token,
      lost,
      [Symbol.asyncDispose]: () => {
        if (this.#held.get(key)?.held.token === token) this.#held.delete(key);
        return Promise.resolve();
      },
    };
  }
}
