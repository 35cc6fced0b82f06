import { PROCESS_CLOCK, TOKEN_CRYPTO } from '@bfm/runtime';
import { TokenCheck } from '@bfm/service';
import { DEFAULT_GATE_LIMITS, Gate, type Authenticate } from '../admission/gate.ts';
import { DEFAULT_GRPC_LIMITS } from '../grpc/grpc-server-options.ts';
import { startGrpcServer, type GrpcServer } from '../grpc/grpc-server.ts';
import { logCalls } from '../log/call-log.ts';
import { countRefusals } from '../metrics/access-metrics.ts';
import { countCalls } from '../metrics/grpc-metrics.ts';
import { HttpMetrics } from '../metrics/http-metrics.ts';
import { DEFAULT_HTTP_LIMITS } from '../http/http-server-options.ts';
import { startHttpServer, type HttpServer } from '../http/http-server.ts';
import { toMigrationProcedures } from '../procedures/migration-procedures.ts';
import { GrpcSpans } from '../tracing/grpc-spans.ts';
import { toApiRoutes } from '../routes/api-routes.ts';
import type { Identity } from '../routes/request-caller.ts';
import { autoMigrate } from './auto-migrate.ts';
import { composeProcess, type ComposedProcess } from './compose-process.ts';
import { keepMigrationsFresh } from './fresh-migrations.ts';
import { connectionChecks, readinessChecks } from './health-checks.ts';
import type { ProcessOptions, RunningServer } from './server-options.ts';
import { ServerDrain } from './server-drain.ts';
import { sweepState } from './sweep-state.ts';
import { tellFirstToken } from './tell-first-token.ts';
import { toAccess } from './token-check.ts';

/**
 * Starts a server: state, migrations, HTTP, gRPC and, unless told otherwise, a worker.
 *
 * @throws {config.invalid} {state.newer} {state.unavailable} {source.missing} {source.unreadable}
 */
export async function startServer(options: ProcessOptions): Promise<RunningServer> {
  const composed = await composeProcess(options);
  try {
    return await serve(composed, options);
  } catch (error) {
    await composed[Symbol.asyncDispose]();
    throw error;
  }
}

async function serve(composed: ComposedProcess, options: ProcessOptions): Promise<RunningServer> {
  const { control, worker, log } = composed;
  const gate = toGate(composed, options);
  const authenticate = countRefusals(composed.registry, gate.admit);
  const http = await openHttp(composed, options, authenticate);
  const grpc = await openGrpc(composed, options, { authenticate, http }).catch(async (error: unknown) => {
    await http.drain(0);
    throw error;
  });
  const ending = new AbortController();
  keepMigrationsFresh({ ...composed, options, noted: true }, ending.signal);
  sweepState(composed, ending.signal);
  if (options.server.withWorker) worker.start();
  const drain = new ServerDrain({ composed, http, grpc, ending, hasWorker: options.server.withWorker });
  const { autoMigrate: settings } = options.server;
  if (settings !== null) {
    void autoMigrate(settings, control, { log: log('auto_migrate'), signal: ending.signal });
  }
  if (options.server.apiToken === null) {
    await tellFirstToken(control.state, options.tell).catch(async (error: unknown) => {
      await drain.within(0);
      throw error;
    });
  }
  log('server').info({ http: http.port, grpc: grpc.port }, 'listening');
  return { httpPort: http.port, grpcPort: grpc.port, drain: (graceMs) => drain.within(graceMs) };
}

function toGate({ control: { state } }: ComposedProcess, { server }: ProcessOptions): Gate<Identity> {
  const { requestsPerSecond, burst, refusalsPerMinute } = server.limits;
  const check = new TokenCheck({
    state,
    crypto: TOKEN_CRYPTO,
    clock: PROCESS_CLOCK,
    configured: server.apiToken,
  });
  return new Gate({
    ...toAccess(check, state),
    budgetKeyOf: ({ tokenId, name }) => tokenId ?? name,
    limits: {
      ...DEFAULT_GATE_LIMITS,
      tokenBudget: { perSecond: requestsPerSecond, burst },
      failureBudget: { perSecond: refusalsPerMinute / 60, burst: refusalsPerMinute },
    },
    nowMs: () => PROCESS_CLOCK.monotonicMs(),
  });
}

function openHttp(
  { control, log, secrets, registry, tracing }: ComposedProcess,
  { server }: ProcessOptions,
  authenticate: Authenticate<Identity>,
): Promise<HttpServer> {
  const { http, corsOrigins, trustedProxies, metricsPublic } = server;
  return startHttpServer<Identity>({
    ...http,
    tls: toTls(server),
    limits: DEFAULT_HTTP_LIMITS,
    corsOrigins,
    trustedProxies,
    routes: toApiRoutes(control),
    authenticate,
    checks: readinessChecks(control.state),
    informative: connectionChecks(control),
    metrics: new HttpMetrics(registry),
    metricsPublic,
    failpoints: control.failpoints,
    secrets,
    log,
    tracing,
    nowMs: () => PROCESS_CLOCK.monotonicMs(),
  });
}

function openGrpc(
  { control, log, registry, tracing }: ComposedProcess,
  { server, sfm }: ProcessOptions,
  { authenticate, http }: { readonly authenticate: Authenticate<Identity>; readonly http: HttpServer },
): Promise<GrpcServer> {
  const nowMs = (): number => PROCESS_CLOCK.monotonicMs();
  const spans = new GrpcSpans(tracing);
  return startGrpcServer<Identity>({
    ...server.grpc,
    tls: toTls(server),
    limits: DEFAULT_GRPC_LIMITS,
    reflection: server.grpcReflection,
    procedures: toMigrationProcedures(control, { sfm, health: http.health }),
    authenticate,
    report: (error, method) => log('grpc').error({ err: error, method }, 'a call failed'),
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
