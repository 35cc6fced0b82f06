import { Permits } from '../permits.ts';

/**
 * Lets one CONCURRENTLY at a time work in a database: each waits for every older transaction, so that two of them only
 * wait for each other. Within this process by a queue, between processes by a lock that is tried, never waited for: a
 * blocked lock call would hold a snapshot and deadlock with the very build it waits for (FAULTS F3).
 */
export class BuildTurns {
  readonly #permits = new Permits(1);
  #taken = 0;

  /** Somebody of this process has the turn, or waits for it. */
  get busy(): boolean {
    return this.#taken > 0;
  }

  /**
   * Waits for the turn. Give it back by disposing what comes out; `null` when the wait was given up.
   *
   * @param lock the database's lock, on the session of whoever asks; it ends with that session
   * @param wait how to wait for those of other processes, and when to give up
   */
  async take(lock: BuildLock, wait: BuildWait): Promise<AsyncDisposable | null> {
    this.#taken += 1;
    if (!(await this.#queue(wait.stop))) {
      this.#taken -= 1;
      return null;
    }
    try {
      while (!(await lock.tryLock())) await wait.pause();
    } catch (error) {
      this.#giveBack();
      throw error;
    }
    return {
      [Symbol.asyncDispose]: async () => {
        // In this order: whoever is next here finds the lock free.
        await lock.unlock();
        this.#giveBack();
      },
    };
  }

  async #queue(stop: AbortSignal): Promise<boolean> {
    const givenUp = Promise.withResolvers<undefined>();
    const giveUp = (): void => {
      givenUp.resolve(undefined);
    };
    stop.addEventListener('abort', giveUp, { once: true });
    try {
      return await this.#permits.acquire(givenUp.promise);
    } finally {
      stop.removeEventListener('abort', giveUp);
    }
  }

  #giveBack(): void {
    this.#taken -= 1;
    this.#permits.release();
  }
}

/** How a turn is waited for. */
export interface BuildWait {
  /** Aborted: the wait is given up. */
  readonly stop: AbortSignal;
  /** Waits a moment; throws when the wait is given up. */
  readonly pause: () => Promise<void>;
}

/** The lock of a database under {@link BUILD_LOCK}. */
export interface BuildLock {
  readonly tryLock: () => Promise<boolean>;
  /** Never throws: a session that is gone holds nothing. */
  readonly unlock: () => Promise<void>;
}

/** Key of the advisory lock that whoever builds concurrently holds; any constant will do. */
export const BUILD_LOCK = '4775193207316480002';
