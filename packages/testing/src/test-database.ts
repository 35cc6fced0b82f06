import { randomBytes } from 'node:crypto';
import { Pool, type QueryResultRow } from 'pg';
import { describeSession, listSessions, type Session } from './sessions.ts';
import { ADMIN_APPLICATION_NAME, asAdmin, type ProvidedServer } from './test-run.ts';
import type { PostgresMajor } from './test-server.ts';
import { until } from './until.ts';

/** A database of one test file, cloned from the run's template: empty at the beginning. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly major: PostgresMajor;
  /** Address with superuser rights in this database. */
  readonly url: string;
  /** Runs one statement, or several without parameters, and returns the rows (of the last one). */
  query<Row extends QueryResultRow = QueryResultRow>(
    sql: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
  /** Sessions of everybody but this handle. */
  sessions(): Promise<readonly Session[]>;
  /** Ends a session of this database, as a crash of its backend would, and waits until it is gone. */
  terminate(pid: number): Promise<void>;
  /**
   * Removes the database.
   *
   * @throws {Error} when sessions were left open in it, naming them; it is removed all the same.
   */
  drop(): Promise<void>;
}

/** Clones the run's template on one server. The caller drops the database. */
export async function createTestDatabase(server: ProvidedServer, label: string): Promise<TestDatabase> {
  const name = databaseName(server.prefix, label);
  await asAdmin(server.url, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${server.template}`));
  const url = databaseUrl(server.url, name);
  const pool = openPool(url);
  const sessions = (): Promise<readonly Session[]> => asAdmin(server.url, (admin) => listOthers(admin, name));
  const drop = once(async () => {
    await pool.end();
    await dropDatabase(server, name);
  });
  return {
    name,
    major: server.major,
    url,
    query: async <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]> => {
      const result: unknown = await pool.query<Row>(sql, values === undefined ? undefined : [...values]);
      const last: unknown = Array.isArray(result) ? result.at(-1) : result;
      return (last as { readonly rows: Row[] }).rows;
    },
    sessions,
    terminate: (pid) => terminate({ url, sessions, pid }),
    drop,
    [Symbol.asyncDispose]: drop,
  };
}

function openPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, application_name: ADMIN_APPLICATION_NAME, max: 4 });
  // A test that restarts servers or terminates sessions breaks idle connections; the next query opens another.
  pool.on('error', () => undefined);
  return pool;
}

function databaseName(prefix: string, label: string): string {
  const readable = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 24);
  return `${prefix}${readable}_${randomBytes(4).toString('hex')}`;
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function listOthers(
  admin: Parameters<typeof listSessions>[0],
  name: string,
): Promise<readonly Session[]> {
  const sessions = await listSessions(admin, name);
  return sessions.filter((session) => session.applicationName !== ADMIN_APPLICATION_NAME);
}

async function terminate(request: {
  readonly url: string;
  readonly pid: number;
  readonly sessions: () => Promise<readonly Session[]>;
}): Promise<void> {
  await asAdmin(request.url, (admin) => admin.query('SELECT pg_terminate_backend($1)', [request.pid]));
  const gone = async (): Promise<boolean> =>
    (await request.sessions()).every(({ pid }) => pid !== request.pid);
  await until(gone, { what: `the end of session ${String(request.pid)}` });
}

async function dropDatabase(server: ProvidedServer, name: string): Promise<void> {
  const left = await asAdmin(server.url, async (admin) => {
    let sessions: readonly Session[] = [];
    const look = async (): Promise<boolean> => (sessions = await listSessions(admin, name)).length === 0;
    await until(look, { what: 'the last sessions to end', timeoutMs: 5_000 }).catch(() => undefined);
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    return sessions;
  });
  if (left.length === 0) return;
  const list = left.map((session) => `  - ${describeSession(session)}`).join('\n');
  throw new Error(`The test left ${String(left.length)} session(s) open in its database:\n${list}`);
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}
