const FIRST_MS = 200;
const LONGEST_MS = 10_000;
/** Who asks for more is not waited for: whoever called decides. */
const ASKED_MAX_MS = 60_000;

/** What a next try is decided by. */
export interface FailedTry {
  /** 0-based. */
  readonly attempt: number;
  /** The Retry-After header as it came; `null`: none. */
  readonly retryAfter: string | null;
  /** A number in [0, 1). */
  readonly random: number;
}

/**
 * How long to wait before the next try: as long as the server says, else up to 0.2 s, doubled each time, 10 s at most, and a
 * part of it by chance ("full jitter": Marc Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
 */
export function retryDelayMs({ attempt, retryAfter, random }: FailedTry): number {
  const seconds = retryAfter === null || !/^\d{1,9}$/.test(retryAfter) ? null : Number(retryAfter);
  const backoff = random * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return seconds === null ? backoff : Math.min(ASKED_MAX_MS, seconds * 1_000) + random * FIRST_MS;
}
