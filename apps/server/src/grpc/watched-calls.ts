import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { toRequestId } from '../admission/request-id.ts';
import { toAddress } from './admission.ts';
import { accessOf } from './method-access.ts';

/** A call that has begun, of whatever service, whether or not it is let in. */
export interface BegunCall {
  /** The path of the method; `none` for what is no method of ours: anybody can call anything. */
  readonly method: string;
  readonly requestId: string;
  /** Of the client. */
  readonly address: string;
  readonly metadata: Metadata;
}

/** Hears of every call; what it gives back is called at the call's end, once. */
export type CallWatcher = (call: BegunCall) => (code: status) => void;

/** Tells watchers of calls. It has to stand before all other interceptors, so that it sees what those refuse. */
export function watchCalls(watchers: readonly CallWatcher[]): ServerInterceptor {
  return ({ path }, call) => {
    let ends: readonly ((code: status) => void)[] = [];
    const end = (code: status): void => {
      for (const tell of ends) tell(code);
      ends = [];
    };
    return new ServerInterceptingCall(call, {
      start: (next) => {
        next({
          onReceiveMetadata: (metadata, admit) => {
            const requestId = toRequestId(metadata.get('x-request-id')[0]);
            // Whoever looks at it later finds the same.
            metadata.set('x-request-id', requestId);
            const method = accessOf(path) === null ? 'none' : path;
            const begun = { method, requestId, address: toAddress(call.getPeer()), metadata };
            ends = watchers.map((watch) => watch(begun));
            admit(metadata);
          },
          onCancel: () => {
            end(status.CANCELLED);
          },
        });
      },
      sendStatus: (answer, next) => {
        end(answer.code);
        next(answer);
      },
    });
  };
}
