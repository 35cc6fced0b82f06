/** Puts runs where workers find them. */
export interface RunJobs {
  /**
   * Has a worker look at a run once what is written with it is kept. A job is a hint and no more: who works on a run is
   * decided by its lease, so that a job too many does no harm, and a lost one only takes until the next sweep.
   */
  enqueue(runId: string): Promise<void>;
}

/** How jobs are taken. */
export interface JobConsumption {
  /** Jobs worked on at the same time, at least 1. */
  readonly concurrency: number;
  /** How long a new job may wait for a look of ours when nobody wakes us, at least 500. */
  readonly pollMs: number;
  /** Hears of looks that failed; they go on. */
  readonly onError: (error: unknown) => void;
}

/** Somebody who takes jobs. */
export interface JobConsumer {
  /** Looks now. */
  wake(): void;
  /** Takes no more; resolves once nothing is being worked on. */
  stop(): Promise<void>;
}

/** How many jobs there are. */
export interface QueueDepth {
  readonly waiting: number;
  readonly active: number;
}

/** Hands runs to workers of all processes, the oldest first. */
export interface RunQueue {
  /**
   * Calls `work` for one job after the other. What it throws puts the job back, to be tried again some seconds later; a job whose
   * process died is tried again by another.
   *
   * @throws {state.unavailable}
   */
  consume(
    options: JobConsumption,
    work: (runId: string, lost: AbortSignal) => Promise<void>,
  ): Promise<JobConsumer>;
  /** @throws {state.unavailable} */
  depth(): Promise<QueueDepth>;
}
