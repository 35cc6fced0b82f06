import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a worker process is started with. */
export interface WorkerStart {
  readonly name: string;
  readonly stateUrl: string;
  readonly targetUrl: string;
  readonly sfm: string;
  readonly leaseMs: number;
  /** As in `BFM_FAILPOINTS`. @default none */
  readonly failpoints?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A worker that is a process of its own. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly said: () => string;
}

/** Starts a worker process; it ends with the test at the latest. */
export function startWorker(start: WorkerStart): WorkerProcess {
  const { name, stateUrl, targetUrl, sfm, leaseMs, failpoints, environment = {} } = start;
  const script = join(import.meta.dirname, 'worker-process.ts');
  const faults = failpoints === undefined ? {} : { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: failpoints };
  const child = spawn(process.execPath, [script, name, stateUrl, targetUrl, sfm, String(leaseMs)], {
    env: { ...environment, ...faults },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, ended, said: () => said };
}
