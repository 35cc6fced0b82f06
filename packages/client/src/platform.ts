/** What the client needs of the program it is in; tests bring their own. */
export interface ClientPlatform {
  readonly fetch: typeof fetch;
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: () => number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number in [0, 1), so that many clients do not come back at the same moment. */
  readonly random: () => number;
  /** A key that nobody has used yet. */
  readonly newKey: () => string;
}

/** The platform of browsers, Node and everything else that has fetch. */
export const WEB_PLATFORM: ClientPlatform = {
  fetch: (...request) => fetch(...request),
  nowMs: () => performance.now(),
  sleep: (ms, signal) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const wake = (): void => resolve(undefined);
    const timer = setTimeout(wake, signal.aborted ? 0 : ms);
    signal.addEventListener('abort', wake);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
    });
  },
  random: () => Math.random(),
  newKey: () => crypto.randomUUID(),
};
