/**
 * Leases: time-bounded locks on PostgreSQL, etcd and Redis behind the engine's port. They keep others waiting; the fence in
 * each target is what makes a late holder powerless. Main entries: {@link openPostgresLocks}, {@link openEtcdLocks},
 * {@link openRedisLocks}.
 */
export { openEtcdLocks } from './etcd/etcd-locks.ts';
export type { EtcdLocksOptions } from './etcd/etcd-locks.ts';
export type { LockSurroundings } from './lock-surroundings.ts';
export type { LeaseDatabase } from './postgresql/lease-database.ts';
export { openPostgresLocks } from './postgresql/postgres-locks.ts';
export type { PostgresLocksOptions } from './postgresql/postgres-locks.ts';
export { openRedisLocks } from './redis/redis-locks.ts';
export type { RedisLocksOptions } from './redis/redis-locks.ts';
