import { status } from '@grpc/grpc-js';
import type { Registry } from 'prom-client';
import type { CallWatcher } from '../grpc/watched-calls.ts';
import { MetricMaker } from './make-metrics.ts';

/** Counts gRPC calls. */
export function countCalls(registry: Registry, nowMs: () => number): CallWatcher {
  const make = new MetricMaker(registry);
  const calls = make.counter('grpcCalls');
  const seconds = make.histogram('grpcSeconds');
  const open = make.gauge('grpcInFlight');
  return ({ method }) => {
    const beganMs = nowMs();
    open.inc();
    return (code) => {
      open.dec();
      calls.inc({ method, code: status[code] });
      seconds.observe({ method }, (nowMs() - beganMs) / 1_000);
    };
  };
}
