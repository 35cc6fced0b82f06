import { status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { CallWatcher } from '../grpc/watched-calls.ts';

/** Tells the log of gRPC calls that have ended, as it is told of HTTP requests. */
export function logCalls(log: Logger, nowMs: () => number): CallWatcher {
  return ({ method, requestId, address }) => {
    const beganMs = nowMs();
    return (code) => {
      const seconds = (nowMs() - beganMs) / 1_000;
      log.info({ requestId, address, method, code: status[code], seconds }, 'answered');
    };
  };
}
