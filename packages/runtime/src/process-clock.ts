import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@bfm/engine';

/** The clock of this process. A sleep that is aborted ends early; whoever sleeps looks at the signal afterwards. */
export const PROCESS_CLOCK: Clock = {
  // Not performance.now(): loading it takes longer than a short command has.
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal }).catch(() => undefined);
  },
};
