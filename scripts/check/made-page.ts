import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './root.ts';

/** A page that is made, in whole or in part, from what the code says. */
export interface MadePage {
  /** Relative to the root. */
  readonly page: string;
  /** What it is made from, for people. */
  readonly source: string;
  /** The script that makes it, for people. */
  readonly script: string;
}

/**
 * Writes a page when the script was started with `--write`; without, says that it is stale and fails when it is.
 *
 * @param text the whole page, not yet formatted
 */
export async function keepPage({ page, source, script }: MadePage, text: string): Promise<void> {
  const path = join(ROOT, page);
  const made = await format(text, { ...(await resolveConfig(path)), filepath: path });
  if (process.argv.includes('--write')) {
    writeFileSync(path, made);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== made) {
    console.error(`${page} does not match ${source}. Run: node ${script} --write`);
    process.exitCode = 1;
  }
}
