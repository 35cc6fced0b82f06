import type { ComposedProcess } from './compose-process.ts';

const EVERY_MS = 60_000;
/** So many keys at once; those that are left go the next time. */
const KEYS_MAX = 1_000;

/** Throws away what nobody needs any more. Ends with the signal. */
export function sweepState({ control, log }: ComposedProcess, signal: AbortSignal): void {
  const sweep = (): void => {
    control.state
      .note(({ idempotencyKeys }) => idempotencyKeys.sweep(KEYS_MAX))
      .catch((error: unknown) => {
        log('state').warn({ err: error }, 'the state could not be tidied up');
      });
  };
  const timer = setInterval(sweep, EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
