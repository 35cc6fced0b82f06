/**
 * The server: it takes requests over the wire, finds out who asks, and hands them to use cases. It holds no policy and writes
 * nothing itself. Main entry so far: {@link startGrpcServer}.
 */
export { startGrpcServer } from './grpc/grpc-server.ts';
export type { GrpcServer } from './grpc/grpc-server.ts';
export { DEFAULT_GRPC_LIMITS } from './grpc/grpc-server-options.ts';
export type { GrpcLimits, GrpcServerOptions, GrpcTls } from './grpc/grpc-server-options.ts';
export type { AdmissionRequest, Authenticate, ReportFault } from './grpc/admission.ts';
export type { CallContext, MigrationProcedures, Procedure } from './grpc/procedures.ts';
