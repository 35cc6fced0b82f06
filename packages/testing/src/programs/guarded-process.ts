import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ProgramBinary } from './debian-program.ts';

/** A server process that ends with the process that started it, however that one ends. */
export interface GuardedProcess {
  readonly pid: number;
  /** Settled once it has ended. */
  readonly ended: Promise<void>;
  /** What it said so far on its outputs. */
  readonly said: () => string;
  /** Sends a signal and waits for the end; a process that is stopped is killed. @default SIGKILL */
  readonly end: (signal?: 'SIGKILL' | 'SIGTERM' | 'SIGINT') => Promise<void>;
}

/**
 * The shell waits for the server and, beside it, for the end of its own input, which comes when the owner is gone, even
 * by SIGKILL.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null & child=$!
echo $child
(read -r _ <&3; kill -KILL $child) 2>/dev/null & guard=$!
wait $child
kill $guard 2>/dev/null`;

/** Starts a program under guard. */
export async function startGuarded(
  { path, libraries }: ProgramBinary,
  args: readonly string[],
): Promise<GuardedProcess> {
  const shell = spawn('/bin/sh', ['-c', GUARD, 'sh', path, ...args], {
    env: { ...process.env, ...(libraries.length === 0 ? {} : { LD_LIBRARY_PATH: libraries.join(':') }) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(shell, 'exit').then(() => undefined);
  let said = '';
  shell.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const lines = createInterface({ input: shell.stdout });
  const [first] = (await once(lines, 'line')) as [string];
  const pid = Number(first);
  lines.on('line', (line) => (said += `${line}\n`));
  return {
    pid,
    ended,
    said: () => said,
    end: async (signal = 'SIGKILL') => {
      try {
        process.kill(pid, signal);
        if (signal !== 'SIGKILL') process.kill(pid, 'SIGCONT');
      } catch {
        // It has ended by itself.
      }
      await ended;
    },
  };
}
