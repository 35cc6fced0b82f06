import { DEFAULT_LOCK_WAIT_MS } from '@bfm/engine';
import type { EditSettings } from '@bfm/service';
import type { EditSettingsOptions } from '../options/option-types.ts';

const DEFAULT_CONCURRENCY = 4;

/** How ledgers are edited, with every default filled in. */
export function toEditSettings(
  { concurrency, lockWait }: EditSettingsOptions,
  stop: AbortSignal,
): EditSettings {
  return {
    concurrency: concurrency ?? DEFAULT_CONCURRENCY,
    lockWaitMs: lockWait ?? DEFAULT_LOCK_WAIT_MS,
    stop,
  };
}
