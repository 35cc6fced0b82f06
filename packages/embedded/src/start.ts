import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors.ts';
import type { GuardianExit } from './guardian.ts';
import { launchServer, type Launched } from './launch.ts';
import { placeBinaries } from './place-binaries.ts';
import type { EmbeddedPostgresOptions } from './options.ts';
import { placeStorage, type StoragePlace } from './place-storage.ts';
import { LOOPBACK } from './port.ts';
import { ensurePrivateFile } from './private-file.ts';
import { RELOCATION_ROOT } from './relocation.ts';
import { SUPERUSER } from './server-commands.ts';
import { ensureServerUser } from './server-user.ts';

/** A running embedded server. It ends with `stop()` and, whatever happens, with the process that started it. */
export interface EmbeddedPostgres extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Name of the superuser. */
  readonly user: string;
  readonly password: string;
  /** Process id of the postmaster. */
  readonly pid: number;
  /** Directory that really holds the server's files; may differ from the requested one. */
  readonly directory: string;
  /** File the server logs to. */
  readonly logFile: string;
  /** Settled once the server has ended, for whatever reason. */
  readonly exited: Promise<GuardianExit>;
  /** Connection address of a database, with the password. @default the database `postgres` */
  url(database?: string): string;
  /** Shuts down and waits for the end of every process; an ephemeral server's files are gone then. May be repeated. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server and resolves once it accepts connections. The data directory is made when it is missing, so
 * that a kill at any moment leaves either none or a complete one.
 *
 * @throws {AlreadyRunningError} when a live postmaster serves the directory.
 * @throws {EmbeddedPostgresError} for every other failure, with the tail of the server's log.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = await ensureServerUser(options.onNotice);
  const rules = { user, relocationRoot: options.relocationRoot ?? RELOCATION_ROOT };
  const bin = await placeBinaries(options.binaries, rules);
  const deadline = performance.now() + (options.startTimeoutMs ?? 120_000);
  for (;;) {
    // A failed start takes an ephemeral directory with it.
    const place = await placeStorage(options.storage, rules);
    const password = await choosePassword(options, place);
    const outcome = await launchServer({ options, user, bin, place, password, deadline });
    if ('server' in outcome) return toHandle(outcome.server, { place, password });
    if (!isPassing(outcome.logTail, options) || performance.now() > deadline) {
      throw startFailed(outcome.logTail);
    }
    await delay(100);
  }
}

async function choosePassword(options: EmbeddedPostgresOptions, place: StoragePlace): Promise<string> {
  const password = options.password ?? randomBytes(24).toString('hex');
  if (options.storage.kind === 'ephemeral') return password;
  return ensurePrivateFile(join(place.directory, 'password'), password);
}

/** Two failures pass by themselves: a port lost to somebody else, and the last backends of a killed postmaster. */
function isPassing(logTail: string, options: EmbeddedPostgresOptions): boolean {
  if (logTail.includes('pre-existing shared memory block')) return true;
  return options.port === undefined && logTail.includes('could not bind');
}

function startFailed(logTail: string): EmbeddedPostgresError {
  const end = logTail === '' ? '(empty)' : logTail;
  return new EmbeddedPostgresError(
    'embedded.start_failed',
    `PostgreSQL did not start. The end of its log:\n${end}`,
  );
}

function toHandle(
  server: Launched,
  made: { readonly place: StoragePlace; readonly password: string },
): EmbeddedPostgres {
  const { guardian, pid, port, logFile } = server;
  const login = `${SUPERUSER}:${encodeURIComponent(made.password)}`;
  const stop = async (): Promise<void> => {
    guardian.release();
    await guardian.exited;
  };
  return {
    host: LOOPBACK,
    port,
    user: SUPERUSER,
    password: made.password,
    pid,
    directory: made.place.directory,
    logFile,
    exited: guardian.exited,
    url: (database = SUPERUSER) =>
      `postgres://${login}@${LOOPBACK}:${String(port)}/${encodeURIComponent(database)}`,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
