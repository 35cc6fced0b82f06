/**
 * PostgreSQL as a store: connections, the ledger in schema `bfm`, the fence, and the pipelined running of
 * transactional migrations. Implements the engine's {@link TargetStore}; must not know files, plans' making, other
 * backends, or the environment. Main entry: {@link PostgresStore}.
 */
export { defaultTls, describeAddress, parsePostgresUrl } from './connection-address.ts';
export type { PostgresAddress } from './connection-address.ts';
export { PostgresStore } from './postgres-store.ts';
export type { PostgresStoreOptions } from './postgres-store.ts';
export type { BareFailpoint } from './resumable/bare-context.ts';
