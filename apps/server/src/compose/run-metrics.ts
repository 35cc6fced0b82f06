import type { EngineEvent } from '@bfm/core';
import type { StateStore } from '@bfm/engine';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Runs are counted up to here; more waiting is many. */
const WAITING_MAX = 1_000;

/** What is counted of migrations; the labels are few: no schema, no migration. */
export class RunMetrics {
  readonly #steps: Counter<'backend' | 'connection' | 'direction' | 'outcome'>;
  readonly #seconds: Histogram<'backend' | 'connection'>;
  readonly #targets: Gauge;
  readonly #waits: Counter<'connection'>;
  readonly #retries: Counter<'connection'>;
  readonly #lost: Counter<'connection'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const perConnection = (name: string, help: string): Counter<'connection'> =>
      new Counter({ name, help, labelNames: ['connection'], registers });
    this.#steps = new Counter({
      name: 'bfm_migrations_total',
      help: 'Migrations on targets, by what came of them.',
      labelNames: ['backend', 'connection', 'direction', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'bfm_migration_duration_seconds',
      help: 'How long migrations took on one target.',
      labelNames: ['backend', 'connection'],
      buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3600],
      registers,
    });
    this.#targets = new Gauge({
      name: 'bfm_targets_in_flight',
      help: 'Targets that are held and worked on.',
      registers,
    });
    this.#waits = perConnection('bfm_lock_waits_total', 'Targets that somebody else held.');
    this.#retries = perConnection('bfm_migration_retries_total', 'Tries that had to be repeated.');
    this.#lost = perConnection('bfm_targets_lost_total', 'Targets whose lock or connection was lost.');
  }

  /** Counts what the engine tells. */
  note(event: EngineEvent): void {
    switch (event.type) {
      case 'target.waiting':
        this.#waits.inc({ connection: event.target.connection });
        break;
      case 'target.started':
        this.#targets.inc();
        break;
      case 'target.finished':
        this.#targets.dec();
        break;
      case 'target.lost':
        this.#lost.inc({ connection: event.target.connection });
        break;
      case 'step.retrying':
        this.#retries.inc({ connection: event.step.target.connection });
        break;
      case 'step.finished':
        this.#finish(event);
        break;
      default:
    }
  }

  #finish({ result }: Extract<EngineEvent, { readonly type: 'step.finished' }>): void {
    const { target, direction, outcome, durationMs } = result;
    const { backend, connection } = target;
    this.#steps.inc({ backend, connection, direction, outcome });
    this.#seconds.observe({ backend, connection }, durationMs / 1000);
  }
}

/** What is looked up when somebody asks: how many runs wait, and how many this process works on. */
export function addQueueMetrics(
  registry: Registry,
  { state, active }: { readonly state: StateStore; readonly active: () => number },
): void {
  new Gauge({
    name: 'bfm_runs_waiting',
    help: `Runs that nobody has taken, ${WAITING_MAX} at most; -1: the state is away.`,
    registers: [registry],
    async collect() {
      const waiting = state.read(({ runs }) => runs.waiting(WAITING_MAX));
      this.set(await waiting.then(({ length }) => length).catch(() => -1));
    },
  });
  new Gauge({
    name: 'bfm_runs_in_flight',
    help: 'Runs that this process works on.',
    registers: [registry],
    collect() {
      this.set(active());
    },
  });
}
