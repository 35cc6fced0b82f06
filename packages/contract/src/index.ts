/**
 * The wire: what BFM says and understands on gRPC, as types and descriptors generated from the files in `proto/`. It knows
 * nothing of what the messages are about and imports no other package; servers and clients stand beside it. Main entry:
 * {@link MigrationService}.
 */
export { file_migration, MigrationService } from './generated/migration_pb.ts';
export {
  GetMigrationHistoryRequestSchema,
  GetMigrationRequestSchema,
  GetMigrationStatusRequestSchema,
  HealthRequestSchema,
  IsMigrationAppliedRequestSchema,
  ListMigrationsRequestSchema,
  MigrateDownRequestSchema,
  MigrateRequestSchema,
  ReindexMigrationsRequestSchema,
  RollbackMigrationRequestSchema,
} from './generated/migration_pb.ts';
export {
  HealthResponseSchema,
  IsMigrationAppliedResponseSchema,
  ListMigrationsResponseSchema,
  MigrateProgressSchema,
  MigrateResponseSchema,
  MigrationDetailResponseSchema,
  MigrationHistoryResponseSchema,
  MigrationStatusResponseSchema,
  ReindexResponseSchema,
  RollbackResponseSchema,
} from './generated/migration_pb.ts';
export { ErrorInfoSchema } from './generated/google/rpc/error_details_pb.ts';
export { StatusSchema } from './generated/google/rpc/status_pb.ts';
