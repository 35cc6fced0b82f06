import type { TestProject } from 'vitest/node';
import { findLeaks } from './leaks.ts';
import { thisMachine } from './machine.ts';
import { postgresService } from './postgres-providers.ts';
import { resolveService } from './service.ts';
import { cleanServer, prepareServer, type ProvidedServer } from './test-run.ts';
import { POSTGRES_MAJORS, type PostgresMajor, type TestServer } from './test-server.ts';

interface RunningServer {
  readonly server: TestServer;
  readonly provided: ProvidedServer;
}

/**
 * Vitest's global setup: starts one PostgreSQL of each major version for the whole run and hands their addresses to the
 * workers. The function it returns fails the run when the tests left anything behind, and then stops the servers.
 *
 * @throws {MissingServiceError} when a server cannot be had.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const starts = await Promise.allSettled(POSTGRES_MAJORS.map(startServer));
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failures = starts.flatMap((start) => (start.status === 'rejected' ? [toMessage(start.reason)] : []));
  if (failures.length > 0) {
    await stopAll(running);
    throw new Error(failures.join('\n\n'));
  }
  project.provide(
    'bfmPostgres',
    running.map(({ provided }) => provided),
  );
  return () => finish(running);
}

async function startServer(major: PostgresMajor): Promise<RunningServer> {
  const server = await resolveService(postgresService(major, thisMachine));
  try {
    return { server, provided: await prepareServer(server) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function finish(running: readonly RunningServer[]): Promise<void> {
  try {
    const leaks = await Promise.all(running.map(checkServer));
    const report = leaks.flat();
    if (report.length > 0) {
      throw new Error(`Leak check: the tests left something behind.\n${report.join('\n')}`);
    }
  } finally {
    await stopAll(running);
  }
}

async function checkServer({ server, provided }: RunningServer): Promise<readonly string[]> {
  const leaks = await findLeaks({ server: provided, wholeServer: server.exclusive });
  await cleanServer(provided);
  return leaks.map((leak) => `  - PostgreSQL ${String(server.major)}: ${leak}`);
}

async function stopAll(running: readonly RunningServer[]): Promise<void> {
  await Promise.all(running.map(({ server }) => server.stop()));
}

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
