import type { Metadata, ServerOptions } from '@grpc/grpc-js';
import type { Authenticate } from '../admission/gate.ts';
import type { IsStillValid } from '../admission/token-watch.ts';
import type { ReportFault } from './admission.ts';
import type { Scrub } from './error-status.ts';
import type { MigrationProcedures } from './procedures.ts';
import type { CallWatcher } from './watched-calls.ts';

/** What one client may cost. */
export interface GrpcLimits {
  /** The largest request. */
  readonly requestBytesMax: number;
  /** The largest answer, or message of a stream. */
  readonly answerBytesMax: number;
  /** Calls at once over one connection. */
  readonly callsPerConnectionMax: number;
  /** How long a connection may be silent before the server asks whether anybody is there. */
  readonly keepaliveMs: number;
  /** How long the server waits for that to be answered before it closes the connection. */
  readonly keepaliveTimeoutMs: number;
}

/** Requests are small; a list of ten thousand migrations takes a megabyte and a half. */
export const DEFAULT_GRPC_LIMITS: GrpcLimits = {
  requestBytesMax: 4 * 1024 * 1024,
  answerBytesMax: 64 * 1024 * 1024,
  callsPerConnectionMax: 256,
  keepaliveMs: 60_000,
  keepaliveTimeoutMs: 20_000,
};

/** Key and certificate of the server, as PEM. */
export interface GrpcTls {
  readonly key: Buffer;
  /** The server's own, then those between it and its root. */
  readonly certificate: Buffer;
  /** Who signs clients' certificates; `null` asks clients for none. */
  readonly clientAuthority: Buffer | null;
}

/** Everything a gRPC server is made of. */
export interface GrpcServerOptions<Caller> {
  /** Name or address to listen at. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** `null` speaks HTTP/2 in clear text. */
  readonly tls: GrpcTls | null;
  readonly limits: GrpcLimits;
  /** Whether tools may ask for the descriptors; they need a token for it. */
  readonly reflection: boolean;
  readonly procedures: MigrationProcedures<Caller>;
  /** `Gate.admit` of the gate that all transports of the process share. */
  readonly authenticate: Authenticate<Caller>;
  /** Asked again and again while a stream goes on. */
  readonly isStillValid: IsStillValid<Caller>;
  /** Told of every error whose reason the caller was not told. */
  readonly report: ReportFault;
  /** Takes secrets out of what is said of errors. */
  readonly scrub: Scrub;
  /** Hear of every call, also of those that are refused. */
  readonly watchers: readonly CallWatcher[];
  /** See {@link CallContext.traceparent}. */
  readonly traceparentOf: (metadata: Metadata) => string | null;
}

/** The limits in grpc-js's words. */
export function toServerOptions(limits: GrpcLimits): ServerOptions {
  return {
    'grpc.max_receive_message_length': limits.requestBytesMax,
    'grpc.max_send_message_length': limits.answerBytesMax,
    'grpc.max_concurrent_streams': limits.callsPerConnectionMax,
    'grpc.keepalive_time_ms': limits.keepaliveMs,
    'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
    // Nobody reads this bookkeeping, but without it 1.14.7 forgets which connections it has to cut in forceShutdown.
    'grpc.enable_channelz': 1,
  };
}
