import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { toErrorStatus } from './error-status.ts';
import { toStopping } from './open-calls.ts';

/**
 * Calls that libraries answer. Some have no end of their own (somebody watches the server's health), so that a server that
 * stops has to end them itself.
 */
export class LibraryCalls {
  readonly #isOwn: (path: string) => boolean;
  readonly #ends = new Set<() => void>();

  /** @param isOwn tells of a path whether a handler of ours answers it */
  constructor(isOwn: (path: string) => boolean) {
    this.#isOwn = isOwn;
  }

  /** What grpc-js calls for every call before it begins. */
  readonly interceptor: ServerInterceptor = ({ path }, call) => {
    if (this.#isOwn(path)) return new ServerInterceptingCall(call);
    const end = (): void => {
      call.sendStatus(toErrorStatus(toStopping(), (text) => text));
    };
    this.#ends.add(end);
    const onCancel = (): void => {
      this.#ends.delete(end);
    };
    return new ServerInterceptingCall(call, {
      start: (next) => {
        next({ onCancel });
      },
    });
  };

  /** Ends all of them. */
  stop(): void {
    for (const end of this.#ends) end();
  }
}
