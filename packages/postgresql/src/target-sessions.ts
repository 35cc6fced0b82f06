import { BfmError, variablePrefix, type Target, type TargetHolder } from '@bfm/core';
import type { OpenOptions, OpenResult } from '@bfm/engine';
import type pg from 'pg';
import { cancelBackend, cancelClient } from './cancel.ts';
import { describeAddress, type PostgresAddress } from './connection-address.ts';
import { databaseIdentity } from './database-identity.ts';
import { KnownEntries } from './known-entries.ts';
import type { FenceHold } from './ledger-writes.ts';
import { ConnectionPool, type PooledClient } from './pool.ts';
import { tryPooledLock, type PooledLock } from './pooled-lock.ts';
import { backendOf, isAnotherBackend, poolerFound } from './pooler-signs.ts';
import { PostgresSession } from './postgres-session.ts';
import type { PostgresStoreOptions } from './postgres-store-options.ts';
import { BuildTurns } from './resumable/build-turn.ts';
import type { ResumableTools } from './resumable/resumable-context.ts';
import type { DirectSession } from './run-series.ts';
import { SESSION_RESET } from './session-reset.ts';
import { StepPace } from './step-pace.ts';
import { takeTarget, type TakenTarget } from './take-target.ts';
import type { TakerIdentity } from './taker-identity.ts';

/** Takes targets: on a session of its own, or behind a pooler with a lock in a transaction beside it. */
export class TargetSessions {
  readonly #options: PostgresStoreOptions;
  readonly #pool: ConnectionPool;
  /** For the transactions that hold locks; `null` without a pooler. */
  readonly #locks: ConnectionPool | null;
  /** Past the pooler; `null` when there is none, or no way past it. */
  readonly #direct: ConnectionPool | null;
  readonly #revisions: ReadonlyMap<string, number>;
  readonly #buildTurns = new BuildTurns();
  readonly #pace = new StepPace();
  readonly #known = new KnownEntries();
  #identity: string | null = null;

  constructor(options: PostgresStoreOptions, pool: ConnectionPool, revisions: ReadonlyMap<string, number>) {
    const { limits, address, pooler, nowMs, sleep, onConnecting } = options;
    this.#options = options;
    this.#pool = pool;
    this.#revisions = revisions;
    const poolOf = (route: { address: PostgresAddress; pooled: boolean }): ConnectionPool =>
      new ConnectionPool({
        route,
        limits: { ...limits, connectionsMax: lockConnections(limits.connectionsMax) },
        nowMs,
        sleep,
        onConnecting,
      });
    this.#locks = pooler === null ? null : poolOf({ address, pooled: true });
    const direct = pooler?.direct ?? null;
    this.#direct = direct === null ? null : poolOf({ address: direct, pooled: false });
  }

  /** See `TargetStore.tryOpen`. */
  async tryOpen(options: OpenOptions): Promise<OpenResult> {
    return this.#locked(options.target, async (lock, client) => {
      const known = options.mayShare === true ? this.#known : new KnownEntries();
      const found = await takeTarget(client, options, { ...(await this.taker(client, lock)), known });
      if (!found.ok) return found;
      await this.#options.failpoints.reach('target.taken');
      return { ok: true, session: this.#session(client, { target: options.target, found, lock }) };
    });
  }

  /** Lends a connection to `work` while the target is locked, or says who holds it. */
  async lendLocked<T extends { readonly ok: boolean }>(
    target: Target,
    work: (client: PooledClient, taker: TakerIdentity) => Promise<T>,
  ): Promise<T | { readonly ok: false; readonly holder: TargetHolder }> {
    const lent = await this.#locked(target, async (lock, client) => {
      const result = await work(client, await this.taker(client, lock));
      client.release();
      await lock?.release();
      return { ok: true, result } as const;
    });
    return lent.ok ? lent.result : lent;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await Promise.all([this.#locks?.close(), this.#direct?.close()]);
  }

  /** Gives lock and connection to `work`, which keeps both when it succeeds; otherwise they are given back. */
  async #locked<T extends { readonly ok: boolean }>(
    { schema, ...place }: Target,
    work: (lock: PooledLock | null, client: PooledClient) => Promise<T>,
  ): Promise<T | { readonly ok: false; readonly holder: TargetHolder }> {
    const { sleep, limits, failpoints } = this.#options;
    const lock =
      this.#locks === null
        ? null
        : await tryPooledLock(this.#locks, { schema, ...place }, { sleep, silenceMs: limits.silenceMs });
    if (lock?.ok === false) return lock;
    const client = await this.#beside(lock).catch(async (error: unknown) => {
      await lock?.release();
      throw error;
    });
    try {
      await failpoints.reach('target.connected');
      const result = await work(lock, client);
      if (result.ok) return result;
      client.release();
      await lock?.release();
      return result;
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      await lock?.release();
      throw error;
    }
  }

  /** A connection to take the target on. */
  async #beside(lock: PooledLock | null): Promise<PooledClient> {
    if (lock !== null) await this.#options.failpoints.reach('target.locked');
    return this.#pool.checkOut();
  }

  /** See `TargetStore.identity`. @throws {target.pooled} */
  async identity(client: pg.ClientBase): Promise<string> {
    const { pooler, address } = this.#options;
    if (this.#identity === null) {
      const { identity, pid } = await databaseIdentity(client);
      // Before any lock is taken: it would stay on a backend that works for others next.
      if (pooler === null && isAnotherBackend(client, pid)) {
        throw poolerFound(address, 'another backend works for us than the one that answered');
      }
      this.#identity = identity;
    }
    return this.#identity;
  }

  /** The same where it was asked already; `null`: it was not. */
  get knownIdentity(): string | null {
    return this.#identity;
  }

  /**
   * Who takes targets by this store.
   *
   * @param lock held beside the connection; `null`: what keeps others waiting is the connection's own
   * @throws {target.pooled}
   */
  async taker(client: pg.ClientBase, lock: PooledLock | null): Promise<TakerIdentity> {
    const { pooler, pid, uniqueId, sleep, failpoints } = this.#options;
    return {
      identity: await this.identity(client),
      pid,
      uniqueId: uniqueId(),
      backend: lock?.backend ?? backendOf(client),
      known: new KnownEntries(),
      lock: pooler === null ? 'session' : 'elsewhere',
      sleep,
      failpoints,
    };
  }

  #session(
    client: PooledClient,
    {
      target,
      found,
      lock,
    }: { readonly target: Target; readonly found: TakenTarget; readonly lock: PooledLock | null },
  ): PostgresSession {
    const { address, nowMs, pooler, limits, failpoints } = this.#options;
    const { entries, pid } = found;
    const hold: FenceHold = { ...found.hold, revisions: this.#revisions };
    let cancel = (): Promise<void> =>
      pooler === null ? cancelBackend(address, pid) : cancelClient({ address, pooled: true }, client);
    let cancelled = Promise.resolve();
    const direct = async (): Promise<DirectSession> => {
      const usual = cancel;
      const session = await this.#openDirect({ target, hold });
      cancel = session.cancel;
      return {
        context: session.context,
        tools: session.tools,
        [Symbol.asyncDispose]: async () => {
          cancel = usual;
          await cancelled;
          await session.end();
        },
      };
    };
    return new PostgresSession({
      client,
      target,
      hold,
      entries,
      nowMs,
      pace: this.#pace,
      failpoints,
      session: pooler === null ? 'own' : 'lent',
      silenceMs: pooler === null ? limits.silenceMs : null,
      transactionSilenceMs: limits.silenceMs,
      cancel: () => (cancelled = cancel()),
      tools: this.#tools(),
      direct: pooler === null ? null : direct,
      unlock: () => lock?.release() ?? Promise.resolve(),
      lost: lock?.lost ?? new AbortController().signal,
    });
  }

  /** A session past the pooler. The target's lock is held by the transaction beside, its fence by the same token. */
  async #openDirect({ target, hold }: { readonly target: Target; readonly hold: FenceHold }): Promise<
    Pick<DirectSession, 'context' | 'tools'> & {
      readonly cancel: () => Promise<void>;
      readonly end: () => Promise<void>;
    }
  > {
    const { pooler, nowMs, limits, failpoints } = this.#options;
    const address = pooler?.direct ?? null;
    if (this.#direct === null || address === null) throw new Error('a plan needs a way past the pooler');
    const client = await this.#direct.checkOut();
    try {
      const { identity, pid } = await databaseIdentity(client);
      if (identity !== this.#identity) throw otherDatabase(target, describeAddress(address));
      return {
        context: {
          client,
          target,
          hold,
          nowMs,
          pace: this.#pace,
          failpoints,
          session: 'own',
          silenceMs: limits.silenceMs,
          transactionSilenceMs: limits.silenceMs,
        },
        tools: this.#tools(),
        cancel: () => cancelBackend(address, pid),
        end: async () => {
          const failed = await client
            .query(`${SESSION_RESET}; SELECT pg_catalog.pg_advisory_unlock_all()`)
            .then(
              () => false,
              () => true,
            );
          client.release(failed);
        },
      };
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  #tools(): ResumableTools {
    return { buildTurns: this.#buildTurns, sleep: this.#options.sleep };
  }
}

/** Behind a pooler a held target takes two connections, so that half of the budget is for locks. */
export function lockConnections(connectionsMax: number): number {
  return Math.max(1, Math.floor(connectionsMax / 2));
}

function otherDatabase({ connection, schema }: Target, address: string): BfmError {
  return new BfmError('config.invalid', {
    message: `the direct way of connection ${connection} leads to another database (${address}) than its pooler; nothing was changed by it`,
    details: { where: { connection, schema } },
    next: `mend ${variablePrefix(connection)}DIRECT_URL`,
  });
}
