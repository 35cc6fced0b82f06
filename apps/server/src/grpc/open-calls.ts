import { BfmError } from '@bfm/core';
import { status } from '@grpc/grpc-js';

/** A timer takes no more; a deadline that is further away is none here. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What a call's handler is told of its end. Disposed of when the handler is done. */
export interface OpenCall extends Disposable {
  readonly signal: AbortSignal;
  /** Milliseconds since 1970; `null` when the client waits for as long as it takes. */
  readonly deadlineMs: number | null;
  /** Ends the call before its time. */
  readonly end: (reason: unknown) => void;
}

/** Why nobody waits for an answer any more. No client is told of it, and no log has to be. */
export class AbandonedCall extends Error {
  readonly code: status.CANCELLED | status.DEADLINE_EXCEEDED;

  constructor(code: AbandonedCall['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** What all kinds of calls of grpc-js have that matters here. */
export interface EndingCall {
  getDeadline: () => Date | number;
  once: (event: 'cancelled', listener: () => void) => unknown;
}

/** The calls that are being answered, so that a server that stops can tell them. */
export class OpenCalls {
  readonly #open = new Set<AbortController>();

  /** Counts a call from now until it is disposed of. */
  begin(call: EndingCall): OpenCall {
    const controller = new AbortController();
    call.once('cancelled', () => {
      controller.abort(
        new AbandonedCall(status.CANCELLED, 'The client does not wait for the answer any more.'),
      );
    });
    const deadlineMs = toMilliseconds(call.getDeadline());
    const timer = deadlineMs === null ? null : abortAt(deadlineMs, controller);
    this.#open.add(controller);
    return {
      signal: controller.signal,
      deadlineMs,
      end: (reason) => {
        controller.abort(reason);
      },
      [Symbol.dispose]: () => {
        if (timer !== null) clearTimeout(timer);
        this.#open.delete(controller);
      },
    };
  }

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  /** Tells every call that the server stops. */
  stop(): void {
    for (const controller of this.#open) controller.abort(toStopping());
  }
}

/** What is said to callers of a server that stops. */
export function toStopping(): BfmError {
  return new BfmError('server.stopping', {
    message: 'The server is stopping. Runs go on with those that are left, or when it is back.',
    next: 'Call again; what was begun is found in the history.',
  });
}

function toMilliseconds(deadline: Date | number): number | null {
  const ms = Number(deadline);
  return Number.isFinite(ms) ? ms : null;
}

/**
 * grpc-js tells the client at once that its deadline is over, but the handler only when that has been sent, which a client that
 * does not read can hold up for ever.
 */
function abortAt(deadlineMs: number, controller: AbortController): NodeJS.Timeout | null {
  const leftMs = deadlineMs - Date.now();
  if (leftMs > TIMER_MS_MAX) return null;
  const end = (): void => {
    controller.abort(new AbandonedCall(status.DEADLINE_EXCEEDED, "The client's deadline is over."));
  };
  // Over before it came: nothing is to be begun for it.
  if (leftMs <= 0) end();
  return leftMs <= 0 ? null : setTimeout(end, leftMs);
}
