import { readFile } from 'node:fs/promises';
import { until } from '../until.ts';

/** A process that is stopped until it is thawed or this is disposed. */
export interface Frozen extends Disposable {
  /** Lets it go on. Does nothing when it goes on already, or is gone. */
  thaw(): void;
}

/**
 * Stops a process with SIGSTOP: it keeps its sockets, and nothing of it runs, timers included.
 *
 * @throws {Error} when there is no such process
 */
export async function freeze(pid: number): Promise<Frozen> {
  process.kill(pid, 'SIGSTOP');
  await until(async () => (await stateOf(pid)) === 'T', { what: `process ${pid} to stop` });
  let isFrozen = true;
  const thaw = (): void => {
    if (!isFrozen) return;
    isFrozen = false;
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // It is gone: somebody killed it while it was frozen.
    }
  };
  return { thaw, [Symbol.dispose]: thaw };
}

/** The letter by which Linux names a process's state, such as `T` for stopped; `null` when there is no such process. */
export async function stateOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The name before it may hold spaces and parentheses.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[0] ?? null;
}
