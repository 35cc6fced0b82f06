import type { JsonObject } from './state-actor.ts';

/** A request that says it may be a repetition. */
export interface IdempotencyClaim {
  readonly caller: string;
  readonly route: string;
  /** 1 to 255 bytes. */
  readonly key: string;
  /** SHA-256 of the request in lower-case hex. */
  readonly requestHash: string;
  /** How long the answer is kept. */
  readonly keptMs: number;
  /** How long others are told to wait; after it a claim without an answer is void. */
  readonly busyMs: number;
}

/** What came of a request. */
export interface IdempotentAnswer {
  readonly runId: string | null;
  readonly response: JsonObject | null;
}

/** Keys of requests that may come twice; scoped to caller and route. */
export interface IdempotencyKeys {
  /**
   * Claims a key, waiting for others that claim it at this moment.
   *
   * @returns `null`: it is new, or its time is over; else what came of the same request
   * @throws {idempotency.key_reused} with another request
   * @throws {idempotency.in_progress} there is no answer yet
   */
  claim(claim: IdempotencyClaim): Promise<IdempotentAnswer | null>;
  /** Keeps what came of a request whose key was claimed. */
  answer(claim: IdempotencyClaim, answer: IdempotentAnswer): Promise<void>;
  /** Deletes keys whose time is over, so many at most. @returns how many */
  sweep(limit: number): Promise<number>;
}
