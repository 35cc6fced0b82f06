import { type Metadata, status } from '@grpc/grpc-js';
import type { CallWatcher } from '../grpc/watched-calls.ts';
import { readTraceParent } from './trace-parent.ts';
import type { Tracing } from './tracing.ts';

/** What ends a call by a fault of the server's. */
const FAULTS: ReadonlySet<status> = new Set([
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.UNIMPLEMENTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

/** Asked all the time by machines, and not worth a trace. */
const UNTRACED = /^\/(?:grpc\.health\.v1\.Health|migration\.MigrationService\/Health$)/;

/** Tells spans of gRPC calls. */
export class GrpcSpans {
  readonly #tracing: Pick<Tracing, 'begin'>;
  /** Metadata is handed on as it is, and lives as long as its call. */
  readonly #parents = new WeakMap<Metadata, string>();

  constructor(tracing: Pick<Tracing, 'begin'>) {
    this.#tracing = tracing;
  }

  readonly watch: CallWatcher = ({ method, requestId, metadata }) => {
    if (UNTRACED.test(method)) return () => undefined;
    const span = this.#tracing.begin({
      name: method === 'none' ? 'unknown method' : method.slice(1),
      parent: readTraceParent(metadata.get('traceparent')[0]),
      attributes: { 'rpc.system.name': 'grpc', 'rpc.method': method, 'bfm.request.id': requestId },
    });
    if (span.traceparent !== null) this.#parents.set(metadata, span.traceparent);
    return (code) => {
      span.end({ 'rpc.response.status_code': status[code] }, FAULTS.has(code));
    };
  };

  /** What belongs to a call is under this; `null`: nobody traces. */
  readonly traceparentOf = (metadata: Metadata): string | null => this.#parents.get(metadata) ?? null;
}
