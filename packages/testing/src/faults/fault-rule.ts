import type { CommitSight } from './commit-trace.ts';

/** The ways through a proxy. */
export type Direction = 'to-server' | 'to-client';

/** What a connection is done to: reset, or left open while nothing passes any more, in one direction or both. */
export type Fault = 'cut' | 'blackhole' | { readonly blackhole: Direction };

/** When a fault happens. */
export type Trigger =
  | {
      /** A COMMIT passes: asked for, which the server then never sees; or done, which the client then never hears. */
      readonly on: 'commit';
      readonly at: CommitSight['at'];
      /** Only of a transaction in which this was said before. @default any */
      readonly after?: string | RegExp;
      /** Which of those. @default 1 */
      readonly nth?: number;
    }
  | {
      /** The client says something in SQL. The server still hears it. */
      readonly on: 'statement';
      readonly text: string | RegExp;
      /** @default 1 */
      readonly nth?: number;
    }
  | {
      /** So many bytes have passed in one direction of one connection; not one more does. */
      readonly on: 'bytes';
      readonly direction: Direction;
      readonly count: number;
    };

/** A fault that waits for its moment; it happens once. */
export interface FaultRule {
  /** Resolves when it happened. */
  readonly happened: Promise<void>;
  readonly hasHappened: boolean;
  /** It is to happen no more. */
  cancel(): void;
}

/** A rule as the proxy keeps it. */
export class ArmedRule implements FaultRule {
  readonly trigger: Trigger;
  readonly fault: Fault;
  readonly #happened = Promise.withResolvers<undefined>();
  #seen = 0;
  #state: 'waiting' | 'happened' | 'cancelled' = 'waiting';

  constructor(trigger: Trigger, fault: Fault) {
    this.trigger = trigger;
    this.fault = fault;
  }

  get happened(): Promise<void> {
    return this.#happened.promise;
  }

  get hasHappened(): boolean {
    return this.#state === 'happened';
  }

  cancel(): void {
    if (this.#state === 'waiting') this.#state = 'cancelled';
  }

  /** Whether this COMMIT is the one. */
  meetsCommit({ at, said }: CommitSight): boolean {
    const { trigger } = this;
    if (trigger.on !== 'commit' || trigger.at !== at) return false;
    const { after } = trigger;
    return (after === undefined || said.some((sql) => holds(sql, after))) && this.#count(trigger.nth);
  }

  /** Whether this statement is the one. */
  meetsStatement(sql: string): boolean {
    const { trigger } = this;
    return trigger.on === 'statement' && holds(sql, trigger.text) && this.#count(trigger.nth);
  }

  /** How many bytes may still pass on a connection; `null`: not this rule's matter. */
  bytesLeft(direction: Direction, passed: number): number | null {
    const { trigger } = this;
    if (this.#state !== 'waiting' || trigger.on !== 'bytes' || trigger.direction !== direction) return null;
    return Math.max(0, trigger.count - passed);
  }

  /** It happens now. */
  trip(): void {
    this.#state = 'happened';
    this.#happened.resolve(undefined);
  }

  #count(nth = 1): boolean {
    if (this.#state !== 'waiting') return false;
    this.#seen += 1;
    return this.#seen === nth;
  }
}

function holds(sql: string, text: string | RegExp): boolean {
  return typeof text === 'string' ? sql.includes(text) : text.test(sql);
}
