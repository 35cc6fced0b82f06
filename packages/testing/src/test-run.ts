import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { PostgresMajor, TestServer } from './test-server.ts';

/** What the workers of a test run know of one server; plain data, since it crosses a process boundary. */
export interface ProvidedServer {
  readonly major: PostgresMajor;
  /** Address of its maintenance database. */
  readonly url: string;
  /** Beginning of the names of all databases of this run. */
  readonly prefix: string;
  /** Database that every test database is cloned from. */
  readonly template: string;
}

/** Name under which every session opened by this package is seen in `pg_stat_activity`. */
export const ADMIN_APPLICATION_NAME = 'bfm-testing';

/** Makes the template database of a run on one server. Nobody can connect to it, since that would block cloning. */
export async function prepareServer(server: TestServer): Promise<ProvidedServer> {
  const prefix = `bfm_test_${randomBytes(4).toString('hex')}_`;
  const template = `${prefix}template`;
  await asAdmin(server.url, async (admin) => {
    await admin.query(
      `CREATE DATABASE ${template} TEMPLATE template0 IS_TEMPLATE true ALLOW_CONNECTIONS false`,
    );
  });
  return { major: server.major, url: server.url, prefix, template };
}

/** Removes the template database of a run. */
export async function cleanServer(server: ProvidedServer): Promise<void> {
  await asAdmin(server.url, async (admin) => {
    await admin.query(`ALTER DATABASE ${server.template} IS_TEMPLATE false`);
    await admin.query(`DROP DATABASE ${server.template}`);
  });
}

/** Runs something on a connection of its own to a maintenance database, and closes it whatever happens. */
export async function asAdmin<Result>(
  url: string,
  work: (admin: Client) => Promise<Result>,
): Promise<Result> {
  const admin = new Client({ connectionString: url, application_name: ADMIN_APPLICATION_NAME });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
