/** Time as the engine sees it; injected so that tests decide what time it is. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  monotonicMs(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` is or becomes aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
