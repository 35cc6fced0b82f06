import { PROCESS_CLOCK } from '@bfm/runtime';
import { DEFAULT_GRPC_LIMITS } from '../grpc/grpc-server-options.ts';
import { startGrpcServer, type GrpcServer } from '../grpc/grpc-server.ts';
import { DEFAULT_HTTP_LIMITS, type HttpServerOptions } from '../http/http-server-options.ts';
import { startHttpServer, type HttpServer } from '../http/http-server.ts';
import { logCalls } from '../log/call-log.ts';
import { countCalls } from '../metrics/grpc-metrics.ts';
import { HttpMetrics } from '../metrics/http-metrics.ts';
import { toMigrationProcedures } from '../procedures/migration-procedures.ts';
import { toApiRoutes } from '../routes/api-routes.ts';
import type { Identity } from '../routes/request-caller.ts';
import { GrpcSpans } from '../tracing/grpc-spans.ts';
import type { ComposedProcess } from './compose-process.ts';
import { informativeChecks, readinessChecks } from './health-checks.ts';
import { healthDetails } from './health-details.ts';
import type { Access } from './open-access.ts';
import type { ProcessOptions } from './server-options.ts';

/** Serves HTTP. @throws {config.invalid} */
export function openHttp(
  composed: ComposedProcess,
  options: ProcessOptions,
  access: Access,
): Promise<HttpServer> {
  const routes = toApiRoutes(composed.control);
  return startHttpServer<Identity>({ ...toHttpOptions(composed, options), ...access, routes });
}

/** Serves what tells of a worker, and nothing else; `null`: nobody asked for it. @throws {config.invalid} */
export async function openWorkerHttp(
  composed: ComposedProcess,
  options: ProcessOptions,
  access: Access,
): Promise<HttpServer | null> {
  const { workerHttpPort: port } = options.server;
  if (port === null) return null;
  return startHttpServer<Identity>({ ...toHttpOptions(composed, options), ...access, port, routes: [] });
}

function toHttpOptions(
  { control, log, secrets, registry, tracing }: ComposedProcess,
  { server, sfm }: ProcessOptions,
): Omit<HttpServerOptions<Identity>, 'routes' | keyof Access> {
  const { http, corsOrigins, trustedProxies, metricsPublic } = server;
  return {
    ...http,
    tls: toTls(server),
    limits: DEFAULT_HTTP_LIMITS,
    corsOrigins,
    trustedProxies,
    checks: readinessChecks(control.state),
    informative: informativeChecks(control),
    healthDetails: () => healthDetails(control, sfm),
    metrics: new HttpMetrics(registry),
    metricsPublic,
    failpoints: control.failpoints,
    secrets,
    log,
    tracing,
    nowMs: () => PROCESS_CLOCK.monotonicMs(),
  };
}

/** Serves gRPC. @throws {config.invalid} */
export function openGrpc(
  { control, log, secrets, registry, tracing }: ComposedProcess,
  { server, sfm }: ProcessOptions,
  { access, http }: { readonly access: Access; readonly http: HttpServer },
): Promise<GrpcServer> {
  const nowMs = (): number => PROCESS_CLOCK.monotonicMs();
  const spans = new GrpcSpans(tracing);
  return startGrpcServer<Identity>({
    ...server.grpc,
    tls: toTls(server),
    limits: DEFAULT_GRPC_LIMITS,
    reflection: server.grpcReflection,
    procedures: toMigrationProcedures(control, { sfm, health: http.health }),
    ...access,
    report: (error, method) => log('grpc').error({ err: error, method }, 'a call failed'),
    scrub: (text) => secrets.scrub(text),
    watchers: [countCalls(registry, nowMs), logCalls(log('grpc'), nowMs), spans.watch],
    traceparentOf: spans.traceparentOf,
  });
}

function toTls({ tls }: ProcessOptions['server']): {
  readonly key: Buffer;
  readonly certificate: Buffer;
  readonly clientAuthority: Buffer | null;
} | null {
  if (tls === null) return null;
  const { key, certificate, clientAuthority } = tls;
  return {
    key: Buffer.from(key),
    certificate: Buffer.from(certificate),
    clientAuthority: clientAuthority === null ? null : Buffer.from(clientAuthority),
  };
}
