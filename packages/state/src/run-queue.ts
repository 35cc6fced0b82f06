import { quoteIdentifier } from '@bfm/core';
import type { JobConsumer, JobConsumption, QueueDepth, RunQueue } from '@bfm/engine';
import type { PgBoss } from 'pg-boss';
import { BossDatabase } from './boss-database.ts';
import type { StatePool } from './pool-config.ts';
import { describeState } from './state-address.ts';
import type { StateDatabaseOptions, StateTransaction } from './state-database.ts';
import { toStateError } from './state-error.ts';

const QUEUE = 'run';

/** As pg-boss wants it at least; who works on a run is seen by the run's own lease, which is shorter. */
const HEARTBEAT_SECONDS = 10;
/** pg-boss ends a claim at this age, alive or not; a run may take long. */
const EXPIRE_SECONDS = 86_400;
/** A job that failed so often is left: the sweep makes a new one as long as its run waits. */
const RETRY_LIMIT = 10;
const RETRY_SECONDS = 2;
const SUPERVISE_SECONDS = 5;
const KEPT_SECONDS = 3_600;

interface RunJob {
  readonly runId: string;
}

/**
 * The queue of runs: pg-boss, with a schema of its own beside that of the state. It looks for work at intervals, since what
 * would tell it (LISTEN) needs a session that a pooler does not give. Begun on first use; what fails then is tried anew by
 * the next one.
 */
export class BossQueue implements RunQueue {
  readonly #options: StateDatabaseOptions;
  #starting: Promise<PgBoss> | null = null;
  #database: BossDatabase | null = null;
  #onError: (error: unknown) => void = () => undefined;

  constructor(options: StateDatabaseOptions) {
    this.#options = options;
  }

  /** Makes a job in a transaction of ours: both are kept or neither. */
  async enqueue(runId: string, { query }: StateTransaction): Promise<void> {
    const boss = await this.#boss();
    await boss.send(QUEUE, { runId } satisfies RunJob, {
      // One that waits is enough.
      singletonKey: runId,
      db: { executeSql: async (text, values) => ({ rows: [...(await query(text, values ?? []))] }) },
    });
  }

  async consume(
    { concurrency, pollMs, onError }: JobConsumption,
    work: (runId: string, lost: AbortSignal) => Promise<void>,
  ): Promise<JobConsumer> {
    this.#onError = onError;
    return this.#reaching(async () => {
      const boss = await this.#boss();
      const options = { batchSize: 1, localConcurrency: concurrency, pollingIntervalSeconds: pollMs / 1_000 };
      const worker = await boss.work<RunJob>(QUEUE, options, async (jobs) => {
        for (const { data, signal } of jobs) await work(data.runId, signal);
      });
      return {
        wake: () => {
          boss.notifyWorker(worker);
        },
        stop: async () => {
          await boss.offWork(QUEUE, { id: worker, wait: true });
        },
      };
    });
  }

  async depth(): Promise<QueueDepth> {
    return this.#reaching(async () => {
      await this.#boss();
      const rows = await this.#database?.query<{ waiting: number; active: number }>(depthOf(this.#schema));
      return rows?.[0] ?? { waiting: 0, active: 0 };
    });
  }

  /** Its connections now; `null`: it has not begun. */
  pool(): StatePool | null {
    return this.#database?.pool() ?? null;
  }

  /** Ends it; jobs under way are given back. */
  async close(): Promise<void> {
    const boss = await this.#starting?.catch(() => null);
    await boss?.stop({ graceful: false, close: false });
    await this.#database?.close();
  }

  get #schema(): string {
    return `${this.#options.schema}_queue`;
  }

  #boss(): Promise<PgBoss> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = null;
      throw error;
    });
    return this.#starting;
  }

  async #start(): Promise<PgBoss> {
    const { PgBoss: Boss } = await import('pg-boss');
    const database = (this.#database ??= new BossDatabase(this.#options));
    const boss = new Boss({
      db: database,
      schema: quoteIdentifier(this.#schema),
      schedule: false,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
      registerInstance: false,
      reindex: false,
      monitorVacuum: false,
      openTelemetry: { enabled: false },
    });
    boss.on('error', (error) => {
      this.#onError(error);
    });
    await boss.start();
    await boss.createQueue(QUEUE, {
      policy: 'short',
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: EXPIRE_SECONDS,
      retryLimit: RETRY_LIMIT,
      retryDelay: RETRY_SECONDS,
      deleteAfterSeconds: KEPT_SECONDS,
    });
    return boss;
  }

  async #reaching<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toStateError(error, describeState(this.#options.address));
    }
  }
}

function depthOf(schema: string): string {
  const job = `${quoteIdentifier(schema)}.job`;
  return `SELECT count(*) FILTER (WHERE state < 'active')::int AS waiting, count(*) FILTER (WHERE state = 'active')::int AS active
FROM ${job} WHERE name = 'run'`;
}
