/** What a rest needs. */
export interface Resting {
  /** Has the server hear of the session. */
  readonly ask: () => Promise<unknown>;
  /** The server has to hear of it at least so often; `null`: it need not. */
  readonly silenceMs: number | null;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The small query for it. */
export const SIGN_OF_LIFE = 'SELECT';

/** Longer ones end at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * Waits on a session that holds something, so that the server hears of it meanwhile: one that it does not hear of is taken
 * for frozen, and ended. Ends early when the signal is aborted.
 *
 * @throws what asking throws: the session is lost
 */
export async function restOn(
  { ask, silenceMs, sleep }: Resting,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const sliceMs = Math.min(ms, silenceMs === null ? TIMER_MS_MAX : silenceMs / 3);
  let leftMs = ms;
  while (leftMs > 0) {
    await sleep(Math.min(leftMs, sliceMs), signal);
    if (signal.aborted) return;
    leftMs -= sliceMs;
    if (silenceMs !== null && leftMs > 0) await ask();
  }
}
