import type { Failpoints } from '@bfm/core';
import type { Tracing } from '../tracing/tracing.ts';
import type { ServerLog } from '../log/server-log.ts';
import type { Secrets } from '../log/secrets.ts';
import type { CorsOrigins } from './cors.ts';
import type { Authenticate } from '../admission/gate.ts';
import type { IsStillValid } from '../admission/token-watch.ts';
import type { HttpMetrics } from '../metrics/http-metrics.ts';
import type { HealthCheck } from './health-check.ts';
import type { Route } from './route.ts';

/** What one client may cost. */
export interface HttpLimits {
  readonly bodyBytesMax: number;
  readonly bodyDepthMax: number;
  /** All headers of a request together. */
  readonly headerBytesMax: number;
  readonly headersMax: number;
  readonly connectionsMax: number;
  /** How long the headers of a request may take to come, and how long all of it. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How long a connection may be idle between two requests. */
  readonly keepAliveMs: number;
  /** How long a client may take nothing of an answer. */
  readonly stalledMs: number;
  readonly heartbeatMs: number;
  readonly healthCacheMs: number;
  readonly healthTimeoutMs: number;
}

/** What the contract says, and else what a request of BFM never comes near. */
export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  bodyBytesMax: 1024 * 1024,
  bodyDepthMax: 32,
  headerBytesMax: 16 * 1024,
  headersMax: 100,
  connectionsMax: 2_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveMs: 70_000,
  stalledMs: 60_000,
  heartbeatMs: 15_000,
  healthCacheMs: 1_000,
  healthTimeoutMs: 2_000,
};

/** Key and certificate of the server, as PEM. */
export interface HttpTls {
  readonly key: Buffer;
  /** The server's own, then those between it and its root. */
  readonly certificate: Buffer;
  /** Who signs clients' certificates; `null` asks clients for none. */
  readonly clientAuthority: Buffer | null;
}

/** Everything an HTTP server is made of. */
export interface HttpServerOptions<Caller> {
  /** Name or address to listen at. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** `null` speaks clear text. */
  readonly tls: HttpTls | null;
  readonly limits: HttpLimits;
  readonly corsOrigins: CorsOrigins;
  /** Addresses and networks (`10.0.0.0/8`) of proxies whose X-Forwarded-For is believed. Empty: nobody's. */
  readonly trustedProxies: readonly string[];
  readonly routes: readonly Route<Caller>[];
  /** `Gate.admit` of the gate that all transports of the process share. */
  readonly authenticate: Authenticate<Caller>;
  /** Asked again and again while a stream goes on. */
  readonly isStillValid: IsStillValid<Caller>;
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** Checks that /health tells, and that do not make the server unhealthy. */
  readonly informative: Readonly<Record<string, HealthCheck>>;
  /** What /health tells besides to those who may read. */
  readonly healthDetails: () => Readonly<Record<string, unknown>>;
  readonly metrics: HttpMetrics;
  /** Whether everybody may read /metrics; else it is a token with `read`, or a client of this machine. */
  readonly metricsPublic: boolean;
  /** What must not stand in an answer, either. */
  readonly secrets: Secrets;
  readonly log: ServerLog;
  readonly tracing: Pick<Tracing, 'begin'>;
  /** Faults on purpose; inert outside of tests. */
  readonly failpoints: Pick<Failpoints, 'pass'>;
  /** A clock that only goes forward. */
  readonly nowMs: () => number;
}
