import type { Direction } from '@bfm/core';
import type { PageRequest, StatePage } from './page.ts';
import type { JsonObject } from './state-actor.ts';

/** How a stored run is: on its way, or how it ended. Only `queued`, `paused` and `running` ever change. */
export type StoredRunStatus =
  'queued' | 'paused' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'needs_attention';

/** How a run was asked for. */
export type RunMethod = 'http' | 'grpc' | 'cli' | 'auto';

/** A run to be made. */
export interface NewRun {
  /** A UUID, chosen by whoever asks. */
  readonly id: string;
  readonly direction: Direction;
  /** From which it is planned anew when it is taken over. */
  readonly request: JsonObject;
  readonly options: JsonObject;
  readonly plan: JsonObject;
  /** SHA-256 in lower-case hex. */
  readonly planDigest: string;
  readonly actor: string;
  readonly method: RunMethod;
  readonly context: JsonObject;
}

/** A run as lists show it. Times are RFC 3339 in UTC with microseconds, by the database's clock. */
export interface StoredRunHead {
  readonly id: string;
  readonly status: StoredRunStatus;
  readonly direction: Direction;
  readonly planDigest: string;
  readonly actor: string;
  readonly method: RunMethod;
  readonly context: JsonObject;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly cancelRequestedAt: string | null;
  /** Since when it is paused, or was asked to; `null`: it goes on. */
  readonly pauseRequestedAt: string | null;
  /** How often it was taken, as a decimal number. */
  readonly fence: string;
  /** Who works on it; `null`: nobody. */
  readonly worker: string | null;
  readonly leaseUntil: string | null;
  readonly error: JsonObject | null;
  readonly summary: JsonObject | null;
}

/** A run with what it is made of. */
export interface StoredRun extends StoredRunHead {
  readonly request: JsonObject;
  readonly options: JsonObject;
  readonly plan: JsonObject;
}

/** Which runs are wanted; `null` is any. */
export interface RunFilter {
  readonly status: StoredRunStatus | null;
  readonly actor: string | null;
  readonly method: RunMethod | null;
}

/** A run in somebody's hands: what they write about it carries this. */
export interface RunHold {
  readonly runId: string;
  readonly fence: string;
}

/** Who takes a run, and for how long unless they renew it. */
export interface RunTaking {
  readonly runId: string;
  readonly worker: string;
  readonly leaseMs: number;
}

/** How a run ends. */
export interface RunEnd {
  readonly status: Exclude<StoredRunStatus, 'queued' | 'paused' | 'running'>;
  readonly error: JsonObject | null;
  readonly summary: JsonObject;
}

/** What was asked of a run that somebody works on. */
export interface RunWish {
  readonly runId: string;
  readonly wish: 'cancel' | 'pause';
}

/** Runs as anybody may read them. */
export interface RunReads {
  /** @returns `null` when there is none of this id, or it is no UUID */
  find(id: string): Promise<StoredRun | null>;
  /** The same without what it is made of, for whoever looks again and again. */
  head(id: string): Promise<StoredRunHead | null>;
  /** Newest first. */
  list(filter: RunFilter, page: PageRequest): Promise<StatePage<StoredRunHead>>;
  /** Ids of runs that nobody has taken, first those that have waited longest since they were made, given back or resumed. */
  waiting(limit: number): Promise<readonly string[]>;
  /** Ids of running runs whose lease is over, the longest over first: to be taken over. */
  overdue(limit: number): Promise<readonly string[]>;
  /** Of these, those that were asked to end or to pause; a run that was asked for both is to end. */
  wishes(ids: readonly string[]): Promise<readonly RunWish[]>;
}

/** Runs as use cases change them. */
export interface RunStore extends RunReads {
  /** Makes a run that waits to be taken. */
  create(run: NewRun): Promise<StoredRun>;
  /** Ends a waiting run, and asks whoever works on it to end a running one; one that has ended stays as it is. @throws {run.not_found} */
  requestCancel(id: string): Promise<StoredRunHead>;
  /**
   * Keeps a waiting run from being taken, and asks whoever works on a running one to give it back; one that is to be
   * cancelled stays as it is. @throws {run.not_found} {run.ended}
   */
  requestPause(id: string): Promise<StoredRunHead>;
  /** Lets a paused run wait for a worker again; any other stays as it is. @throws {run.not_found} {run.ended} */
  resume(id: string): Promise<StoredRunHead>;
  /**
   * Takes a run that waits, or whose lease is over; the attempt before is `lost` then. Atomic: of many at once one gets it.
   *
   * @returns `null` when somebody holds it or it has ended
   */
  take(taking: RunTaking): Promise<StoredRun | null>;
  /** @throws {run.fence_lost} */
  finish(hold: RunHold, end: RunEnd): Promise<void>;
  /** Gives a run back unfinished, for the next one to take at once, or once it is resumed. @throws {run.fence_lost} */
  giveBack(hold: RunHold): Promise<'queued' | 'paused'>;
  /**
   * Says that whoever had a run lost it by no fault of the run: that taking counts as `stopped` and not as `lost`. Nothing else is
   * changed; a taking that is not over is no error.
   */
  outlive(hold: RunHold): Promise<void>;
}
