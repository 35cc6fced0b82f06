import { targetKey, type EngineEvent, type StepRef, type StepResult, type Target } from '@bfm/core';
import type { StoredRun } from '@bfm/engine';
import type { RunObserver } from '@bfm/service';
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { MetricMaker } from './make-metrics.ts';

/** What a run of this process has under way: targets, migrations on them, and since when targets are waited for. */
class UnderWay {
  readonly #targets = new Map<string, Target>();
  readonly #steps = new Map<string, Target>();
  readonly #waiting = new Map<string, { readonly target: Target; readonly sinceMs: number }>();

  beginTarget(target: Target): void {
    this.#targets.set(targetKey(target), target);
  }

  endTarget(target: Target): void {
    this.#targets.delete(targetKey(target));
  }

  beginStep(step: StepRef): void {
    this.#steps.set(`${targetKey(step.target)}/${step.migrationId}`, step.target);
  }

  endStep({ target, migrationId }: StepResult): void {
    this.#steps.delete(`${targetKey(target)}/${migrationId}`);
  }

  /** @returns whether it is new */
  wait(target: Target, sinceMs: number): boolean {
    const key = targetKey(target);
    if (this.#waiting.has(key)) return false;
    this.#waiting.set(key, { target, sinceMs });
    return true;
  }

  /** @returns since when it was waited for; `null`: it was not */
  endWait(target: Target): number | null {
    const key = targetKey(target);
    const since = this.#waiting.get(key)?.sinceMs ?? null;
    this.#waiting.delete(key);
    return since;
  }

  /** The targets of everything of a kind. */
  of(kind: 'targets' | 'steps' | 'waiting'): readonly Target[] {
    if (kind === 'targets') return [...this.#targets.values()];
    if (kind === 'steps') return [...this.#steps.values()];
    return [...this.#waiting.values()].map(({ target }) => target);
  }
}

/** What is counted of runs and migrations; the labels are few: no schema, no migration. */
export class RunMetrics implements RunObserver {
  readonly #nowMs: () => number;
  readonly #runs = new Map<string, { readonly underWay: UnderWay; readonly takenMs: number }>();
  readonly #steps: Counter<'backend' | 'connection' | 'direction' | 'outcome'>;
  readonly #stepSeconds: Histogram<'backend' | 'connection'>;
  readonly #waits: Counter<'connection'>;
  readonly #waitSeconds: Histogram<'connection'>;
  readonly #retries: Counter<'connection'>;
  readonly #lost: Counter<'connection'>;
  readonly #rejected: Counter<'connection'>;
  readonly #ends: Counter<'status' | 'direction' | 'method'>;
  readonly #runSeconds: Histogram<'direction'>;
  readonly #runWaits: Histogram;
  readonly #runsLost: Counter;
  readonly #givenBack: Counter;

  constructor(registry: Registry, nowMs: () => number) {
    const make = new MetricMaker(registry);
    this.#nowMs = nowMs;
    this.#steps = make.counter('migrations');
    this.#stepSeconds = make.histogram('migrationSeconds');
    this.#waits = make.counter('lockWaits');
    this.#waitSeconds = make.histogram('lockWaitSeconds');
    this.#retries = make.counter('migrationRetries');
    this.#lost = make.counter('targetsLost');
    this.#rejected = make.counter('fenceRejections');
    this.#ends = make.counter('runs');
    this.#runSeconds = make.histogram('runSeconds');
    this.#runWaits = make.histogram('runWaitSeconds');
    this.#runsLost = make.counter('runsLost');
    this.#givenBack = make.counter('runsGivenBack');
    make.gauge('runsInFlight', (gauge) => gauge.set(this.#runs.size));
    make.gauge('migrationsInFlight', (gauge) => this.#tell('steps', gauge));
    make.gauge('targetsInFlight', (gauge) => this.#tell('targets', gauge));
    make.gauge('targetsWaiting', (gauge) => this.#tell('waiting', gauge));
  }

  readonly taken = ({ id, fence, createdAt, startedAt }: StoredRun): void => {
    this.#runs.set(id, { underWay: new UnderWay(), takenMs: this.#nowMs() });
    if (fence === '1' && startedAt !== null) {
      this.#runWaits.observe((Date.parse(startedAt) - Date.parse(createdAt)) / 1_000);
    }
  };

  readonly ended: RunObserver['ended'] = ({ direction, method }, { status }) => {
    this.#ends.inc({ status, direction, method });
  };

  readonly left: RunObserver['left'] = ({ id, direction }, how) => {
    const run = this.#runs.get(id);
    this.#runs.delete(id);
    if (run !== undefined) this.#runSeconds.observe({ direction }, (this.#nowMs() - run.takenMs) / 1_000);
    if (how === 'lost') this.#runsLost.inc();
    if (how === 'given_back') this.#givenBack.inc();
  };

  /** Counts what the engine tells of a run. */
  note(runId: string, event: EngineEvent): void {
    const underWay = this.#runs.get(runId)?.underWay;
    if (underWay === undefined) return;
    if (event.type.startsWith('target.')) this.#noteTarget(event, underWay);
    else if (event.type.startsWith('step.')) this.#noteStep(event, underWay);
  }

  #noteTarget(event: EngineEvent, underWay: UnderWay): void {
    switch (event.type) {
      case 'target.waiting':
        if (underWay.wait(event.target, this.#nowMs())) {
          this.#waits.inc({ connection: event.target.connection });
        }
        break;
      case 'target.started':
        this.#endWait(event.target, underWay);
        underWay.beginTarget(event.target);
        break;
      case 'target.finished':
        this.#endWait(event.target, underWay);
        underWay.endTarget(event.target);
        break;
      case 'target.lost':
        this.#lose(event, underWay);
        break;
      default:
    }
  }

  #noteStep(event: EngineEvent, underWay: UnderWay): void {
    switch (event.type) {
      case 'step.started':
        underWay.beginStep(event.step);
        break;
      case 'step.retrying':
        this.#retries.inc({ connection: event.step.target.connection });
        break;
      case 'step.finished':
        this.#finish(event.result, underWay);
        break;
      default:
    }
  }

  #endWait(target: Target, underWay: UnderWay): void {
    const sinceMs = underWay.endWait(target);
    if (sinceMs === null) return;
    this.#waitSeconds.observe({ connection: target.connection }, (this.#nowMs() - sinceMs) / 1_000);
  }

  #lose({ target, error }: Extract<EngineEvent, { readonly type: 'target.lost' }>, underWay: UnderWay): void {
    underWay.endTarget(target);
    this.#lost.inc({ connection: target.connection });
    if (error.code === 'target.fence_lost') this.#rejected.inc({ connection: target.connection });
  }

  #finish(result: StepResult, underWay: UnderWay): void {
    const { target, direction, outcome, durationMs, attempts, error } = result;
    const { backend, connection } = target;
    underWay.endStep(result);
    this.#steps.inc({ backend, connection, direction, outcome });
    if (attempts > 0) this.#stepSeconds.observe({ backend, connection }, durationMs / 1_000);
    if (error?.code === 'target.fence_lost') this.#rejected.inc({ connection });
  }

  #tell(kind: Parameters<UnderWay['of']>[0], gauge: Gauge<'connection'>): void {
    gauge.reset();
    for (const { underWay } of this.#runs.values()) {
      for (const { connection } of underWay.of(kind)) gauge.inc({ connection });
    }
  }
}
