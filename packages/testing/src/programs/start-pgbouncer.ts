import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { thisMachine } from '../machine.ts';
import { until } from '../until.ts';
import type { DebianProgram } from './debian-program.ts';
import { freePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';
import { ownProgram } from './own-program.ts';

const PGBOUNCER: DebianProgram = {
  service: 'PgBouncer',
  program: 'pgbouncer',
  folder: 'usr/sbin',
  packages: ['pgbouncer'],
  variable: 'BFM_TEST_PGBOUNCER',
};

/** A PgBouncer before a server. */
export interface PgBouncer extends AsyncDisposable {
  /** The address of a database through it. */
  url(database: string): string;
  /** Ends it at once, as a crash would, or in order. */
  stop(signal?: 'SIGKILL' | 'SIGINT'): Promise<void>;
}

/** How it is set up; the rest is the transaction mode with everybody let in. */
export interface PgBouncerOptions {
  /** The server behind it, with a user that may log in. */
  readonly serverUrl: string;
  /** Sessions with the server, for each database. */
  readonly poolSize: number;
  /** More lines of the section `[pgbouncer]`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts a PgBouncer in transaction mode.
 *
 * @throws {MissingServiceError} when there is none to be had
 */
export async function startPgBouncer({
  serverUrl,
  poolSize,
  settings,
}: PgBouncerOptions): Promise<PgBouncer> {
  const binary = await ownProgram(PGBOUNCER);
  const server = new URL(serverUrl);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'bfm-pgbouncer-'));
  const file = join(folder, 'pgbouncer.ini');
  const target = `host=${server.hostname} port=${server.port} user=${decodeURIComponent(server.username)} password='${decodeURIComponent(server.password)}'`;
  const lines = Object.entries({
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    auth_type: 'any',
    pool_mode: 'transaction',
    default_pool_size: String(poolSize),
    max_client_conn: '300',
    unix_socket_dir: '',
    ...settings,
  }).map(([name, value]) => `${name} = ${value}`);
  await writeFile(file, ['[databases]', `* = ${target}`, '[pgbouncer]', ...lines, ''].join('\n'), {
    mode: 0o600,
  });
  // It refuses to run as root, and reads its file before it becomes somebody else.
  const user = thisMachine.isRoot ? ['-u', 'nobody'] : [];
  const bouncer = await startGuarded(binary, [...user, file]);
  const url = (database: string): string => `postgres://anybody@127.0.0.1:${String(port)}/${database}`;
  const stop = async (signal: 'SIGKILL' | 'SIGINT' = 'SIGKILL'): Promise<void> => {
    await bouncer.end(signal);
    await rm(folder, { recursive: true, force: true });
  };
  await until(() => answers(url(server.pathname.slice(1))), {
    what: 'PgBouncer to answer',
    timeoutMs: 20_000,
  }).catch(async (error: unknown) => {
    await stop();
    throw new Error(`PgBouncer did not start: ${bouncer.said()}`, { cause: error });
  });
  return { url, stop, [Symbol.asyncDispose]: () => stop() };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, application_name: 'bfm-testing' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
