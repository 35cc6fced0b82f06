import type { Client } from 'pg';

/** One client's session, as `pg_stat_activity` shows it. */
export interface Session {
  readonly pid: number;
  readonly database: string;
  readonly applicationName: string;
  /** `active`, `idle`, `idle in transaction`, ... */
  readonly state: string;
  /** The running or the last statement. */
  readonly query: string;
}

/** Sessions of other clients in databases whose name begins with a prefix; the empty prefix means all databases. */
export async function listSessions(
  admin: Pick<Client, 'query'>,
  databasePrefix: string,
): Promise<readonly Session[]> {
  const { rows } = await admin.query<Session>(
    `SELECT pid, coalesce(datname, '') AS database, coalesce(application_name, '') AS "applicationName",
            coalesce(state, '') AS state, left(coalesce(query, ''), 500) AS query
     FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
       AND datname IS NOT NULL AND starts_with(datname, $1)
     ORDER BY pid`,
    [databasePrefix],
  );
  return rows;
}

/** Describes a session in one line, for an error message. */
export function describeSession(session: Session): string {
  const query = session.query.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  const application = session.applicationName === '' ? '(no application_name)' : session.applicationName;
  return `pid ${String(session.pid)} ${application} in ${session.database}, ${session.state}: ${query}`;
}
