import type { Client } from 'pg';
import { describeSession, listSessions } from './sessions.ts';
import { asAdmin, type ProvidedServer } from './test-run.ts';
import { until } from './until.ts';

/** What to look at for leaks. */
export interface LeakScope {
  readonly server: ProvidedServer;
  /** True to count every database of the server, false for those of this run only. */
  readonly wholeServer: boolean;
  /** How long sessions that are closing just now may take, in milliseconds. @default 3000 */
  readonly settleMs?: number;
}

/**
 * Lists what tests left behind on a server: sessions, those idle in a transaction by that name, advisory locks, prepared
 * transactions and databases. Empty when all is clean.
 */
export async function findLeaks(scope: LeakScope): Promise<readonly string[]> {
  return asAdmin(scope.server.url, async (admin) => {
    let leaks: readonly string[] = [];
    const look = async (): Promise<boolean> => {
      leaks = await listLeaks(admin, scope);
      return leaks.length === 0;
    };
    // A closed connection's session ends a moment after its client has gone.
    await until(look, { what: 'the last sessions to end', timeoutMs: scope.settleMs ?? 3_000 }).catch(
      (error: unknown) => {
        if (leaks.length === 0) throw error;
      },
    );
    return leaks;
  });
}

async function listLeaks(admin: Client, scope: LeakScope): Promise<readonly string[]> {
  const prefix = scope.wholeServer ? '' : scope.server.prefix;
  const sessions = await listSessions(admin, prefix);
  return [
    ...sessions.map((session) => `session left open: ${describeSession(session)}`),
    ...(await lines(admin, ADVISORY_LOCKS, [prefix])),
    ...(await lines(admin, PREPARED_TRANSACTIONS, [prefix])),
    ...(await lines(admin, DATABASES, [scope.server.prefix, scope.server.template])),
  ];
}

const ADVISORY_LOCKS = `
  SELECT format('advisory lock left: %s in %s, held by pid %s', l.classid::text || '/' || l.objid::text, d.datname, l.pid) AS line
  FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE l.locktype = 'advisory' AND starts_with(d.datname, $1) ORDER BY 1`;

const PREPARED_TRANSACTIONS = `
  SELECT format('prepared transaction left: %s in %s', gid, database) AS line
  FROM pg_prepared_xacts WHERE starts_with(database, $1) ORDER BY 1`;

const DATABASES = `
  SELECT format('database not dropped: %s', datname) AS line
  FROM pg_database WHERE starts_with(datname, $1) AND datname <> $2 ORDER BY 1`;

async function lines(admin: Client, sql: string, values: readonly string[]): Promise<readonly string[]> {
  const { rows } = await admin.query<{ line: string }>(sql, [...values]);
  return rows.map((row) => row.line);
}
