import type { PostgresBinaries } from '@bfm/embedded';
import { startEmbeddedPostgres } from '@bfm/embedded';

/** The major versions of PostgreSQL that every database test can ask for. */
export type PostgresMajor = 15 | 18;

/** All of them, the oldest first. */
export const POSTGRES_MAJORS: readonly PostgresMajor[] = [15, 18];

/** A PostgreSQL server for tests. */
export interface TestServer {
  readonly major: PostgresMajor;
  /** Address of its maintenance database, as a user who may create databases. */
  readonly url: string;
  /** True when it serves nobody but this run, so that every session in it is ours. */
  readonly exclusive: boolean;
  /** Says where it came from, for people. */
  readonly source: string;
  /** Ends it if this run started it, and waits for that. */
  stop(): Promise<void>;
}

/** Settings of servers whose data nobody will miss; many sessions, and locks for thousands of tables in one transaction. */
export const TEST_SERVER_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  max_locks_per_transaction: '1024',
  shared_preload_libraries: '',
};

/** Starts a server for tests from binaries; it and its files vanish with this process. */
export async function startTestServer(
  major: PostgresMajor,
  binaries: PostgresBinaries,
  source: string,
): Promise<TestServer> {
  const server = await startEmbeddedPostgres({
    binaries,
    storage: { kind: 'ephemeral' },
    settings: TEST_SERVER_SETTINGS,
    stopGraceSeconds: 5,
  });
  return { major, url: server.url(), exclusive: true, source, stop: () => server.stop() };
}
