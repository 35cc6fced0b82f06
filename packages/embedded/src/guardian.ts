import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ServerUser } from './server-user.ts';

/** How a guardian, and with it the server, ended. */
export interface GuardianExit {
  /** Exit code of the server, or of `initdb` when the server was never started; null when the guardian was killed. */
  readonly code: number | null;
}

/** A running guardian. While the launcher lives and holds it, the server runs; after that it is shut down. */
export interface Guardian {
  /** Process id of the server once it has been started; null until then. */
  serverPid(): number | null;
  /** True once it has ended. */
  hasExited(): boolean;
  /** Settled once the server has ended and everything was cleaned up. */
  readonly exited: Promise<GuardianExit>;
  /** Asks for a fast shutdown, without waiting. May be repeated. */
  release(): void;
}

/** What is needed to start a guardian. */
export interface GuardianOptions {
  readonly user: ServerUser;
  /** The shell script to run, as `guardianScript` writes it. */
  readonly script: string;
  /** Descriptor of an open file that takes what the server writes. */
  readonly logDescriptor: number;
}

/** The script travels in the environment, so that a list of processes shows one short line for a guardian. */
const RUN_SCRIPT = 'script=$BFM_GUARDIAN_SCRIPT; unset BFM_GUARDIAN_SCRIPT; eval "$script"';

/**
 * Starts a guardian in a session of its own, so that a Ctrl-C at the launcher's terminal reaches the launcher only.
 *
 * @throws {Error} the system's error when /bin/sh cannot be started.
 */
export async function startGuardian(options: GuardianOptions): Promise<Guardian> {
  const { user } = options;
  const child = spawn('/bin/sh', ['-c', RUN_SCRIPT, 'bfm-postgres-guardian'], {
    detached: true,
    cwd: '/',
    // Nothing of the launcher's environment: PGPORT, PGDATA and others would change the server.
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      LC_ALL: 'C',
      TZ: 'UTC',
      BFM_GUARDIAN_SCRIPT: options.script,
    },
    stdio: ['pipe', 'pipe', options.logDescriptor],
    ...(user.foreign ? { uid: user.uid, gid: user.gid } : {}),
  });
  const pids = followPhases(child);
  const exited = once(child, 'close').then(([code]): GuardianExit => ({ code: code as number | null }));
  child.stdin?.on('error', () => undefined);
  await once(child, 'spawn');
  return {
    serverPid: () => pids.get('server') ?? null,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    exited,
    release: () => {
      child.stdin?.end();
    },
  };
}

function followPhases(child: ChildProcess): ReadonlyMap<string, number> {
  const pids = new Map<string, number>();
  if (child.stdout === null) return pids;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [phase, pid] = line.split(' ');
    if (phase !== undefined) pids.set(phase, Number(pid));
  });
  return pids;
}
