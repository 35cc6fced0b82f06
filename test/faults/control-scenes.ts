import type { ControlFailpoint } from './kill-scenes.ts';

/** A process of the control plane that dies at a failpoint. */
export interface ControlScene {
  /** The how manieth time it comes there. */
  readonly hit: number;
  /** Who dies: whoever asks for the run, or whoever works on it. */
  readonly who: 'caller' | 'worker';
  /** Whether the run has ended by then. */
  readonly hasEnded: boolean;
}

const WORKER: ControlScene = { hit: 1, who: 'worker', hasEnded: false };

/** Processes that are killed at each failpoint of the control plane. The type asks for all of them. */
export const CONTROL_SCENES: Readonly<Record<ControlFailpoint, readonly ControlScene[]>> = {
  'request.parsed': [{ hit: 1, who: 'caller', hasEnded: false }],
  'run.created': [{ hit: 1, who: 'caller', hasEnded: false }],
  'run.taken': [WORKER],
  // A quick run tells all in one note: there may be no second one.
  'run.noted': [WORKER],
  'run.ending': [WORKER],
  'run.ended': [{ ...WORKER, hasEnded: true }],
  'response.sent': [{ hit: 1, who: 'caller', hasEnded: true }],
};
