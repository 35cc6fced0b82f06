import { afterAll, expect, inject } from 'vitest';
import { basename } from 'node:path';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import type { ProvidedServer } from './test-run.ts';
import type { PostgresMajor } from './test-server.ts';

declare module 'vitest' {
  /** What the global setup hands to the tests. */
  export interface ProvidedContext {
    /** One entry for each major version. */
    readonly bfmPostgres: readonly ProvidedServer[];
  }
}

/**
 * Makes a database for the test file or `describe` block that calls it, and drops it after the last test there; the file
 * fails when sessions were left open in it. Call it at the top level of a file or of an async `describe`.
 *
 * @example
 * const db = await useTestDatabase(18);
 */
export async function useTestDatabase(major: PostgresMajor): Promise<TestDatabase> {
  const server = providedServer(major);
  const label = basename(expect.getState().testPath ?? 'unknown').replace(/\.test\.ts$/, '');
  const database = await createTestDatabase(server, label);
  afterAll(() => database.drop());
  return database;
}

/**
 * The server of one major version that this run uses, for tests that need several databases.
 *
 * @throws {Error} when the run has no servers, that is outside of the vitest project `real`.
 */
export function providedServer(major: PostgresMajor): ProvidedServer {
  // The type promises it, but outside of the project with the global setup nothing was provided.
  const servers = inject('bfmPostgres') as readonly ProvidedServer[] | undefined;
  const server = servers?.find((candidate) => candidate.major === major);
  if (server !== undefined) return server;
  throw new Error(
    `No PostgreSQL ${String(major)} in this run: database tests belong to the vitest project "real" (vitest.config.ts).`,
  );
}
