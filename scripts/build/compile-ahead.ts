import { execFile } from 'node:child_process';
import { rmSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const TIMEOUT_MS = 30_000;

/**
 * Writes what V8 makes of a bundle beside it, for the launcher to hand back to V8 at every start. It is of use to the
 * same Node only; another one recognises that and compiles anew. A start without is merely slower, so that failing to make
 * it fails nothing.
 *
 * @returns why there is none, or null
 */
export async function compileAhead(bundle: string): Promise<string | null> {
  const cache = `${bundle}.cache`;
  const unfinished = `${cache}.${process.pid}`;
  try {
    const script = join(import.meta.dirname, 'warm-up.ts');
    await promisify(execFile)(process.execPath, [script, bundle, unfinished], { timeout: TIMEOUT_MS });
    renameSync(unfinished, cache);
    return null;
  } catch (error) {
    // One of an earlier bundle would be refused by V8, at the cost of reading it.
    rmSync(cache, { force: true });
    return error instanceof Error ? error.message : String(error);
  }
}
