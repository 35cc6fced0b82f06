/**
 * What tests share: real PostgreSQL servers of two major versions, one database for each test file, leak checks, and a
 * text that tells whether two catalogs are the same. Only tests import it; production code never does. Main entry:
 * `useTestDatabase`.
 */
export { EFFECT_LOG, logEffect } from './checker/effect-log.ts';
export { findUnsound } from './checker/find-unsound.ts';
export type { CheckedWorld } from './checker/find-unsound.ts';
export { shapeOf } from './checker/schema-shapes.ts';
export type { ToldTexts } from './checker/secrets-told.ts';
export type { Direction, Fault, FaultRule, Trigger } from './faults/fault-rule.ts';
export { freeze, stateOf } from './faults/freeze.ts';
export type { Frozen } from './faults/freeze.ts';
export { HttpFaultProxy } from './faults/http-fault-proxy.ts';
export type { HttpFault, HttpFaultRule, HttpProxyCounts, HttpTrigger } from './faults/http-fault-proxy.ts';
export { TcpFaultProxy } from './faults/tcp-fault-proxy.ts';
export type { ProxyCounts, TcpFaultProxyOptions } from './faults/tcp-fault-proxy.ts';
export { catalogFingerprint } from './fingerprint/catalog-fingerprint.ts';
export type { FingerprintOptions, FingerprintSource } from './fingerprint/catalog-fingerprint.ts';
export { findLeaks } from './leaks.ts';
export type { LeakScope } from './leaks.ts';
export { describeLockProvider, REAL_CLOCK } from './conformance/describe-lock-provider.ts';
export type { LockHarness } from './conformance/describe-lock-provider.ts';
export { describeTargetStore } from './conformance/describe-target-store.ts';
export type { StoreHarness } from './conformance/describe-target-store.ts';
export { thisMachine } from './machine.ts';
export type { CommandOutput, Machine } from './machine.ts';
export { makeDraft } from './memory/make-draft.ts';
export type { DraftParts } from './memory/make-draft.ts';
export { makePlanRequest } from './memory/make-plan-request.ts';
export type { Behaviour, MemoryScope, StatementEffect } from './memory/memory-scope.ts';
export { MemoryLocks } from './memory/memory-locks.ts';
export { MemoryStore } from './memory/memory-store.ts';
export { MemoryWorld, sha256Hasher } from './memory/memory-world.ts';
export { TestClock } from './memory/test-clock.ts';
export { wordCompiler } from './memory/word-compiler.ts';
export { startMortalServer } from './mortal-server.ts';
export type { Death, MortalServer } from './mortal-server.ts';
export { startEtcd } from './programs/start-etcd.ts';
export type { Etcd, EtcdMember, EtcdOptions } from './programs/start-etcd.ts';
export { startPgBouncer } from './programs/start-pgbouncer.ts';
export type { PgBouncer, PgBouncerOptions } from './programs/start-pgbouncer.ts';
export { startRedis } from './programs/start-redis.ts';
export type { Redis, RedisOptions } from './programs/start-redis.ts';
export { fc } from './properties.ts';
export { postgresService } from './postgres-providers.ts';
export { MissingServiceError, resolveService } from './service.ts';
export type { ProviderAnswer, ServiceProvider, ServiceSpec } from './service.ts';
export type { Session } from './sessions.ts';
export { createTestDatabase } from './test-database.ts';
export type { TestDatabase } from './test-database.ts';
export type { ProvidedServer } from './test-run.ts';
export { POSTGRES_MAJORS } from './test-server.ts';
export type { PostgresMajor, TestServer } from './test-server.ts';
export { makeCertificateAuthority } from './tls/certificates.ts';
export type { CertificateAuthority, CertificateRequest, IssuedCertificate } from './tls/certificates.ts';
export { until } from './until.ts';
export type { UntilOptions } from './until.ts';
export { providedServer, useTestDatabase } from './use-test-database.ts';
