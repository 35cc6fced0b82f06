import { Permits } from '../permits.ts';

/**
 * Lets one CONCURRENTLY at a time work in a database: each waits for every older transaction, so that two of them only
 * wait for each other. Within this process by a queue, between processes by a lock that is tried, never waited for: a
 * blocked lock call would hold a snapshot and deadlock with the very build it waits for (FAULTS F3).
 */
export class BuildTurns {
  readonly #permits = new Permits(1);

  /**
   * Waits for the turn. Give it back by disposing what comes out.
   *
   * @param lock the database's lock, on the session of whoever asks; it ends with that session
   * @param pause waits a moment; throws when the wait is to end
   */
  async take(lock: BuildLock, pause: () => Promise<void>): Promise<AsyncDisposable> {
    while (!this.#permits.tryAcquire()) await pause();
    try {
      while (!(await lock.tryLock())) await pause();
    } catch (error) {
      this.#permits.release();
      throw error;
    }
    return {
      [Symbol.asyncDispose]: async () => {
        this.#permits.release();
        await lock.unlock();
      },
    };
  }
}

/** The lock of a database under {@link BUILD_LOCK}. */
export interface BuildLock {
  readonly tryLock: () => Promise<boolean>;
  /** Never throws: a session that is gone holds nothing. */
  readonly unlock: () => Promise<void>;
}

/** Key of the advisory lock that whoever builds concurrently holds; any constant will do. */
export const BUILD_LOCK = '4775193207316480002';
