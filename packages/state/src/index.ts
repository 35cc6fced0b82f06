/**
 * The control plane's memory on PostgreSQL: runs, events, steps, the projection, tokens, audit, keys, budgets. Behind the
 * engine's ports; it must not know HTTP, files, targets or how plans are made. Its tables are made by the migrations in
 * `sfm/`, which BFM's own engine applies. Main entry: {@link openPostgresState}.
 */
export type { StatePool } from './pool-config.ts';
export { openPostgresState } from './postgres-state.ts';
export type { PostgresState } from './postgres-state.ts';
export { DEFAULT_STATE_LIMITS } from './state-address.ts';
export type { StateAddress, StateLimits, StateTls } from './state-address.ts';
export type { StateDatabaseOptions } from './state-database.ts';
export { STATE_MIGRATIONS } from './state-migrations.ts';
export { STATE_VERSION } from './state-version.ts';
