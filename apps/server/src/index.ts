/**
 * The server: it takes requests over the wire, finds out who asks, and hands them to use cases. It holds no policy and writes
 * nothing itself. Main entries: {@link startServer}, {@link startWorker}.
 */
export { DEFAULT_GATE_LIMITS, Gate } from './admission/gate.ts';
export type { Authenticate, GateLimits, GateOptions, GateRequest } from './admission/gate.ts';
export { openState } from './compose/open-state.ts';
export { openStateAsItIs } from './compose/state-as-it-is.ts';
export { startServer } from './compose/start-server.ts';
export { startWorker } from './compose/start-worker.ts';
export type {
  ProcessOptions,
  RunningProcess,
  RunningServer,
  RunningWorker,
  StateOptions,
} from './compose/server-options.ts';
export { toMigrationProcedures } from './procedures/migration-procedures.ts';
export type { ProcedureOptions } from './procedures/migration-procedures.ts';
export { toApiRoutes } from './routes/api-routes.ts';
export type { Identity } from './routes/request-caller.ts';
export { startGrpcServer } from './grpc/grpc-server.ts';
export type { GrpcServer } from './grpc/grpc-server.ts';
export { DEFAULT_GRPC_LIMITS } from './grpc/grpc-server-options.ts';
export type { GrpcLimits, GrpcServerOptions, GrpcTls } from './grpc/grpc-server-options.ts';
export type { ReportFault } from './grpc/admission.ts';
export type { CallContext, MigrationProcedures, Procedure } from './grpc/procedures.ts';
export { startHttpServer } from './http/http-server.ts';
export type { HttpServer } from './http/http-server.ts';
export { DEFAULT_HTTP_LIMITS } from './http/http-server-options.ts';
export type { HttpLimits, HttpServerOptions, HttpTls } from './http/http-server-options.ts';
export { NO_TRACING } from './tracing/tracing.ts';
export { HttpMetrics } from './metrics/http-metrics.ts';
export { readLastEventId } from './http/event-stream.ts';
export type {
  Route,
  RouteAccess,
  RouteAnswer,
  RouteDoc,
  RouteRequest,
  RouteSchemas,
  ServerEvent,
} from './http/route.ts';
export { Secrets } from './log/secrets.ts';
export { createServerLog } from './log/server-log.ts';
export type { ServerLog, ServerLogOptions } from './log/server-log.ts';
export { DEFAULT_WORKER_OPTIONS, RunWorker } from './worker/run-worker.ts';
export type { RunWorkerOptions } from './worker/run-worker.ts';
