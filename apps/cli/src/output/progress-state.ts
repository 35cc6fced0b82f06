import type { EngineEvent, StepOutcome } from '@bfm/core';

/** How far a run over many targets is. */
export interface ProgressState {
  readonly targets: number;
  readonly steps: number;
  readonly targetsDone: number;
  /** Targets that wait for another run now. */
  readonly waiting: ReadonlySet<string>;
  readonly outcomes: Readonly<Partial<Record<StepOutcome, number>>>;
  readonly retries: number;
}

/** The state before anything has happened. */
export const NO_PROGRESS: ProgressState = {
  targets: 0,
  steps: 0,
  targetsDone: 0,
  waiting: new Set(),
  outcomes: {},
  retries: 0,
};

/** The state after an event. */
export function advanceProgress(state: ProgressState, event: EngineEvent): ProgressState {
  switch (event.type) {
    case 'run.started':
      return { ...state, targets: event.targets, steps: event.steps };
    case 'target.waiting':
      return { ...state, waiting: new Set([...state.waiting, keyOf(event.target)]) };
    case 'target.started':
      return withoutWaiting(state, event.target);
    case 'target.finished':
      return { ...withoutWaiting(state, event.target), targetsDone: state.targetsDone + 1 };
    case 'step.retrying':
      return { ...state, retries: state.retries + 1 };
    case 'step.finished': {
      const { outcome } = event.result;
      return { ...state, outcomes: { ...state.outcomes, [outcome]: (state.outcomes[outcome] ?? 0) + 1 } };
    }
    default:
      return state;
  }
}

/** Steps that have ended, whatever way. */
export function stepsDone({ outcomes }: ProgressState): number {
  return Object.values(outcomes).reduce((sum, number) => sum + number, 0);
}

function withoutWaiting(state: ProgressState, target: { connection: string; schema: string }): ProgressState {
  if (!state.waiting.has(keyOf(target))) return state;
  const waiting = new Set(state.waiting);
  waiting.delete(keyOf(target));
  return { ...state, waiting };
}

function keyOf({ connection, schema }: { connection: string; schema: string }): string {
  return `${connection}/${schema}`;
}
