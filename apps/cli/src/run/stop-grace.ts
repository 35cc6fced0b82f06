import { BfmError, parseDuration } from '@bfm/core';

/** Supervisors kill what has not ended half a minute after SIGTERM; cancelling takes some of that. */
const USUAL_MS = 20_000;

/**
 * How long after SIGTERM running migrations may go on before they are cancelled, in milliseconds: `BFM_STOP_GRACE`, such
 * as `50s` for a supervisor that waits for a minute.
 *
 * @throws {config.invalid}
 */
export function readStopGrace(variables: Readonly<Record<string, string | undefined>>): number {
  const text = variables['BFM_STOP_GRACE'] ?? '';
  if (text === '') return USUAL_MS;
  const result = parseDuration(text);
  if (result.ok) return result.value;
  throw new BfmError('config.invalid', {
    message: `BFM_STOP_GRACE: ${result.reason}`,
    next: `${result.mend}; somewhat less than what sent SIGTERM waits before it kills`,
  });
}
