import type { BfmError, MigrationId, PlanStep } from '@bfm/core';
import type { SeriesObserver } from '../ports/target-session.ts';
import type { RunContext } from './run-options.ts';
import type { StepEnd } from './step-ends.ts';
import { StepTries } from './step-tries.ts';
import { unknownError } from './target-errors.ts';
import type { TargetRun } from './target-run.ts';

/** The steps of one target while a run works on them: tries them, ends them, and tells of both. */
export class TargetSteps {
  readonly run: TargetRun;
  readonly tries = new StepTries();
  readonly #emit: RunContext['emit'];
  readonly #clock: RunContext['clock'];

  constructor(run: TargetRun, { emit, clock }: Pick<RunContext, 'emit' | 'clock'>) {
    this.run = run;
    this.#emit = emit;
    this.#clock = clock;
  }

  /** Ends a step. Without a time of its own it has taken all that has passed since its last try began. */
  end(index: number, end: Pick<StepEnd, 'outcome' | 'reason'> & { readonly durationMs?: number }): void {
    this.tries.settle([index]);
    const attempts = this.tries.of(index);
    const durationMs = end.durationMs ?? this.#sinceSent(index, end.outcome);
    const result = this.run.end(index, { ...end, durationMs, attempts });
    this.#emit({ type: 'step.finished', result });
  }

  #sinceSent(index: number, outcome: StepEnd['outcome']): number {
    const sentMs = this.tries.sentAt(index);
    const isTimed = sentMs !== undefined && outcome !== 'not_started' && outcome !== 'skipped';
    return isTimed ? this.#clock.monotonicMs() - sentMs : 0;
  }

  /** Ends a step that is done. */
  endDone(index: number, durationMs?: number): void {
    const outcome = this.run.step(index).direction === 'up' ? 'applied' : 'rolled_back';
    this.end(index, { outcome, reason: null, ...(durationMs === undefined ? {} : { durationMs }) });
  }

  /**
   * Ends what is left. What was under way when the connection broke may be committed: nobody could look. What was stopped
   * on its way has left something behind. Nothing is there of the rest.
   */
  endRest(error: BfmError): void {
    for (const index of this.run.open()) {
      const cut = this.tries.cutAt(index);
      if (this.tries.isInDoubt(index)) {
        this.end(index, { outcome: 'needs_attention', reason: unknownError(this.run, index, error) });
      } else if (cut !== undefined) {
        this.end(index, { outcome: 'failed', reason: cut.error, durationMs: cut.durationMs });
      } else {
        this.end(index, { outcome: 'not_started', reason: error });
      }
    }
  }

  /** A step as events name it. */
  ref(index: number): { target: TargetRun['target']; migrationId: MigrationId; direction: 'up' | 'down' } {
    const { migrationId, direction } = this.run.step(index);
    return { target: this.run.target, migrationId, direction };
  }

  /** Steps at some of the indices. */
  at(indices: readonly number[]): readonly PlanStep[] {
    return indices.map((index) => this.run.step(index));
  }

  /** Hears of a series of the steps at these indices. */
  observe(ready: readonly number[]): SeriesObserver {
    const emit = this.#emit;
    const at = (position: number): number => ready[position] ?? 0;
    return {
      stepSent: (position) => {
        this.tries.sent(at(position), this.#clock.monotonicMs());
      },
      stepStarted: (position) => {
        const index = at(position);
        const attempt = Math.max(1, this.tries.of(index));
        const statements = this.run.step(index).statements.length;
        emit({ type: 'step.started', step: this.ref(index), statements, attempt });
      },
      statementFinished: (position, report) => {
        emit({ type: 'statement.finished', step: this.ref(at(position)), ...report });
      },
      statementProgress: (position, statement, progress) => {
        emit({ type: 'statement.progress', step: this.ref(at(position)), statement, progress });
      },
      notice: (position, severity, message) => {
        emit({ type: 'notice', step: this.ref(at(position)), severity, message });
      },
      stepCommitted: (position, durationMs) => {
        this.endDone(at(position), durationMs);
      },
    };
  }
}
