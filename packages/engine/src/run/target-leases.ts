import { BfmError, type SchemaName, type Target, type TargetHolder } from '@bfm/core';
import type { HeldLease, Lease, LeaseAttempt, LeaseHolder, LockProvider } from '../ports/lock-provider.ts';
import type { TargetStore } from '../ports/target-store.ts';

/** Which leases are needed, from whom, and in whose name. */
export interface LeaseRequest {
  readonly provider: LockProvider;
  readonly holder: LeaseHolder;
  /** The store the schemas are in. */
  readonly store: Pick<TargetStore, 'identity'>;
  /** Taken in the order of their names. */
  readonly schemas: readonly SchemaName[];
}

/** The leases of one holder, got one after the other; every try goes on where the last one was refused. */
export class TargetLeases implements AsyncDisposable {
  readonly #request: LeaseRequest | null;
  readonly #wanted: readonly SchemaName[];
  #leases: Lease[] = [];

  /** @param request `null`: there is no provider, and nothing to be had from it */
  constructor(request: LeaseRequest | null) {
    this.#request = request;
    this.#wanted = [...new Set(request?.schemas)].sort();
  }

  /**
   * Tries once to get what is still missing, and anew what was lost.
   *
   * @returns who holds the first that could not be had; `null` when all are held
   * @throws {lock.unreachable} {target.unreachable}
   */
  async tryAll(): Promise<TargetHolder | null> {
    if (this.#request === null) return null;
    const { provider, holder, store } = this.#request;
    if (this.lost) await this[Symbol.asyncDispose]();
    for (const schema of this.#wanted.slice(this.#leases.length)) {
      const key = leaseKey(await store.identity(), schema);
      const attempt = await tryNow(provider, key, { ...holder, schema });
      if (!attempt.ok) return toTargetHolder(attempt.held);
      this.#leases.push(attempt.lease);
    }
    return null;
  }

  /** Whether one is known to be lost, or its time is over: looks at the clock. */
  get lost(): boolean {
    return this.#leases.some(({ lost }) => lost.aborted);
  }

  /** Aborted when one of them is. */
  get signals(): readonly AbortSignal[] {
    return this.#leases.map(({ lost }) => lost);
  }

  /** Gives all of them back. Never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    const leases = this.#leases;
    this.#leases = [];
    await Promise.all(leases.map((lease) => lease[Symbol.asyncDispose]()));
  }
}

/** Who was refused by somebody that has gone since need not wait for that. */
async function tryNow(provider: LockProvider, key: string, holder: LeaseHolder): Promise<LeaseAttempt> {
  for (let tries = 1; ; tries += 1) {
    const attempt = await provider.tryAcquire(key, holder);
    if (attempt.ok || attempt.held !== null || tries === TRIES_NOW) return attempt;
  }
}

const TRIES_NOW = 5;

/** What is leased: a schema in a store. */
export function leaseKey(identity: string, schema: SchemaName): string {
  return `${identity}/${schema}`;
}

/** The holder of a lease as the holder of what it is for. */
export function toTargetHolder(held: HeldLease | null): TargetHolder {
  if (held === null) return { name: 'another process', since: null, token: null };
  const { actor, pid, runId } = held.holder;
  const { since, token, endsInMs: leaseEndsInMs } = held;
  return { name: `${actor} (pid ${pid}, run ${runId})`, since, token, leaseEndsInMs };
}

/** The error of a target whose lock was lost, when whoever noticed has none that says more. */
export function lockLostError({ connection, schema }: Target, reason: unknown): BfmError {
  return new BfmError('lock.lost', {
    message: `the lock of ${connection}/${schema} was lost${reason instanceof Error ? ` (${reason.message})` : ''}; nothing more was sent there under it`,
    details: { where: { connection, schema } },
    next: 'look at who holds it with bfm lock list, then run the same command again: what was committed is skipped',
    cause: reason,
  });
}
