import { ServerInterceptingCall, status, type ServerInterceptor } from '@grpc/grpc-js';
import type { Registry } from 'prom-client';
import { accessOf } from '../grpc/method-access.ts';
import { MetricMaker } from './make-metrics.ts';

/** Counts gRPC calls; it has to stand before all other interceptors, so that it sees what those refuse. */
export function countCalls(registry: Registry, nowMs: () => number): ServerInterceptor {
  const make = new MetricMaker(registry);
  const calls = make.counter('grpcCalls');
  const seconds = make.histogram('grpcSeconds');
  const open = make.gauge('grpcInFlight');
  return ({ path }, call) => {
    // Anybody can call anything: what is no method of ours has one name.
    const method = accessOf(path) === null ? 'none' : path;
    const beganMs = nowMs();
    let ended = false;
    const end = (code: status): void => {
      if (ended) return;
      ended = true;
      open.dec();
      calls.inc({ method, code: status[code] });
      seconds.observe({ method }, (nowMs() - beganMs) / 1_000);
    };
    open.inc();
    return new ServerInterceptingCall(call, {
      start: (next) => {
        next({ onCancel: () => end(status.CANCELLED) });
      },
      sendStatus: (answer, next) => {
        end(answer.code);
        next(answer);
      },
    });
  };
}
