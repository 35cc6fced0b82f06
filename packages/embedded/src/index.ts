/**
 * A real PostgreSQL server from npm packages, for the demo, the tests and shadow databases. It needs no installation, no
 * network and no Docker, runs as root and as a plain user, listens on this machine only and never outlives the process
 * that started it. It knows nothing of migrations. Main entry: `startEmbeddedPostgres`.
 */
export { bundledBinaries, resolveBinaries, systemBinaries } from './binaries.ts';
export type { BinariesRequest, PostgresBinaries } from './binaries.ts';
export { AlreadyRunningError, EmbeddedPostgresError } from './errors.ts';
export type { EmbeddedPostgresErrorCode } from './errors.ts';
export type { GuardianExit } from './guardian.ts';
export type { EmbeddedPostgresOptions } from './options.ts';
export type { Storage } from './place-storage.ts';
export { ensurePrivateFile, readPrivateFile, writePrivateFile } from './private-file.ts';
export { startEmbeddedPostgres } from './start.ts';
export type { EmbeddedPostgres } from './start.ts';
