/**
 * PostgreSQL as a store: connections, the ledger in schema `bfm`, the fence, and the pipelined running of
 * transactional migrations. Implements the engine's {@link TargetStore}; must not know files, plans' making, other
 * backends, or the environment. Main entry: {@link PostgresStore}.
 */
export { describeAddress, NO_ADVICE } from './connection-address.ts';
export type { AddressAdvice, PostgresAddress, PostgresTls } from './connection-address.ts';
export { DEFAULT_POOL_LIMITS } from './pool-limits.ts';
export type { PoolLimits, PoolStatistics } from './pool-limits.ts';
export { PostgresStore } from './postgres-store.ts';
export type { PostgresStoreOptions, PoolerOptions } from './postgres-store-options.ts';
export { openSimpleDatabase } from './simple-database.ts';
export type { SimpleDatabase, SimpleDatabaseOptions } from './simple-database.ts';
export { toTlsOptions } from './tls-options.ts';
export { ledgerSetupScript } from './setup/ledger-setup.ts';
export type { LedgerRoles } from './setup/ledger-setup.ts';
export { createV1StateReader } from './v1-state/read-v1-state.ts';
export type { V1StateOptions } from './v1-state/read-v1-state.ts';
