import { execFileSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.ts';

const NOT_OURS = ['.git', 'node_modules', 'dist', '.bfm', '.tmp', 'coverage'];

/** All files that are or would be committed, relative to the root with forward slashes; an unpacked archive counts, too. */
export function listFiles(): readonly string[] {
  if (!existsSync(join(ROOT, '.git'))) {
    return globSync('**/*', { cwd: ROOT, exclude: (name) => NOT_OURS.includes(name) });
  }
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const output = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28 });
  // A file may be listed yet just deleted.
  return [...new Set(output.split('\0'))]
    .filter((file) => file !== '' && existsSync(join(ROOT, file)))
    .sort();
}
