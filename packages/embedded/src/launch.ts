import { randomBytes } from 'node:crypto';
import { lchown, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AlreadyRunningError, EmbeddedPostgresError } from './errors.ts';
import { startGuardian, type Guardian } from './guardian.ts';
import { guardianScript } from './guardian-script.ts';
import type { EmbeddedPostgresOptions } from './options.ts';
import type { StoragePlace } from './place-storage.ts';
import { pickPort } from './port.ts';
import { findLivePostmaster, readPostmasterFile } from './postmaster.ts';
import { ensurePrivateFile, readPrivateFile, writePrivateFile } from './private-file.ts';
import { initdbCommand, serveCommand } from './server-commands.ts';
import { openServerLog, tailServerLog, type ServerLog } from './server-log.ts';
import type { ServerUser } from './server-user.ts';
import { takeStartLock } from './start-lock.ts';

/** Everything one attempt to start a server needs. */
export interface Launch {
  readonly options: EmbeddedPostgresOptions;
  readonly user: ServerUser;
  /** Folder of binaries that this user can run. */
  readonly bin: string;
  readonly place: StoragePlace;
  readonly password: string;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
}

/** A server that accepts connections. */
export interface Launched {
  readonly guardian: Guardian;
  /** Process id of the postmaster. */
  readonly pid: number;
  readonly port: number;
  readonly logFile: string;
}

/** With shared memory in files of the data directory, not even a killed server leaves any: POSIX's would stay in /dev/shm. */
const SETTINGS_OF_EPHEMERAL = { dynamic_shared_memory_type: 'mmap' };

/** What came of one attempt. */
export type LaunchOutcome = { readonly server: Launched } | { readonly logTail: string };

/**
 * Tries once to start a server. A failure is an outcome, after which no process is left.
 *
 * @throws {AlreadyRunningError} when a live postmaster serves the directory, also when it was started at the same moment.
 */
export async function launchServer(launch: Launch): Promise<LaunchOutcome> {
  if (!isDurable(launch.place)) return launchAlone(launch);
  await using _lock = await takeStartLock(launch.place.directory, launch.deadline);
  return await launchAlone(launch);
}

async function launchAlone(launch: Launch): Promise<LaunchOutcome> {
  const { place } = launch;
  await refuseSecondServer(place);
  const port = await choosePort(launch);
  const log = await openServerLog(join(place.directory, 'server.log'));
  try {
    const guardian = await openGuardian(launch, { port, log });
    const pid = await waitUntilReady(guardian, launch);
    if (pid === null) return await giveUp(guardian, { place, log });
    if (isDurable(place)) await writePrivateFile(portFile(place), `${String(port)}\n`);
    return { server: { guardian, pid, port, logFile: log.path } };
  } finally {
    await log.file.close();
  }
}

async function refuseSecondServer(place: StoragePlace): Promise<void> {
  const running = await findLivePostmaster(place.data);
  if (running !== null) throw new AlreadyRunningError(place.data, running);
}

function isDurable(place: StoragePlace): boolean {
  return place.removeAtEnd === null;
}

function portFile(place: StoragePlace): string {
  return join(place.directory, 'port');
}

async function choosePort(launch: Launch): Promise<number> {
  if (launch.options.port !== undefined) return launch.options.port;
  const remembered = Number(await readPrivateFile(portFile(launch.place)));
  return pickPort(Number.isInteger(remembered) && remembered > 0 ? remembered : null);
}

async function openGuardian(
  launch: Launch,
  run: { readonly port: number; readonly log: ServerLog },
): Promise<Guardian> {
  const { user, place, password } = launch;
  const passwordFile = join(place.cluster, `initdb-password.${randomBytes(6).toString('hex')}`);
  await ensurePrivateFile(passwordFile, `${password}\n`);
  if (user.foreign) await lchown(passwordFile, user.uid, user.gid);
  const script = describeRun(launch, { passwordFile, port: run.port });
  try {
    return await startGuardian({ user, script, logDescriptor: run.log.file.fd });
  } catch (cause) {
    await rm(passwordFile, { force: true });
    const message = 'The shell that guards PostgreSQL could not be started.';
    throw new EmbeddedPostgresError('embedded.start_failed', message, { cause });
  }
}

function describeRun(launch: Launch, run: { readonly passwordFile: string; readonly port: number }): string {
  const { options, place, bin } = launch;
  const { passwordFile, port } = run;
  const unfinished = `${place.data}.new.${randomBytes(6).toString('hex')}`;
  const durable = isDurable(place);
  const { major } = options.binaries;
  return guardianScript({
    initialise: {
      command: initdbCommand({ bin, major, target: unfinished, passwordFile, durable }),
      unfinished,
      passwordFile,
    },
    serve: serveCommand({
      bin,
      data: place.data,
      port,
      settings: { ...(durable ? {} : SETTINGS_OF_EPHEMERAL), ...options.settings },
    }),
    data: place.data,
    removeAtEnd: place.removeAtEnd,
    graceSeconds: options.stopGraceSeconds ?? 30,
  });
}

/** Polls for the line that the postmaster itself writes once it accepts connections; null when it ended or took too long. */
async function waitUntilReady(guardian: Guardian, launch: Launch): Promise<number | null> {
  while (!guardian.hasExited() && performance.now() < launch.deadline) {
    const pid = guardian.serverPid();
    if (pid !== null && (await isReady(launch.place.data, pid))) return pid;
    await delay(15);
  }
  return null;
}

async function isReady(data: string, pid: number): Promise<boolean> {
  const file = await readPostmasterFile(data);
  return file !== null && file.pid === pid && file.ready;
}

async function giveUp(
  guardian: Guardian,
  made: { readonly place: StoragePlace; readonly log: ServerLog },
): Promise<LaunchOutcome> {
  guardian.release();
  await guardian.exited;
  // A launcher in another container does not see our lock as held; PostgreSQL then let only one of us in.
  await refuseSecondServer(made.place);
  return { logTail: await tailServerLog(made.log) };
}
