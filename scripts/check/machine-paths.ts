/** Refuses what only holds on one machine: its paths, and the place from which its packages came. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './list-files.ts';
import { ROOT } from './root.ts';

/** A thing no file may hold. */
export interface MachineWord {
  readonly what: string;
  readonly pattern: RegExp;
  /** Only in files of this name. */
  readonly file?: string;
}

const TEXT_BYTES_MAX = 8 * 1024 * 1024;

// Spelt with escapes, so that this file does not hold what it looks for.
const WORDS: readonly MachineWord[] = [
  { what: 'a path of one machine', pattern: /\/work\// },
  {
    what: "a package registry's address",
    pattern: /\bregistry\.(?:npmjs|yarnpkg)\.|\/\/registry\.|\bnpm\.pkg\.github\b/,
  },
  { what: 'a download address', pattern: /"resolved": "(?:http|git)/, file: 'package-lock.json' },
  { what: 'a registry setting', pattern: /^\s*(?:\S+:)?registry\s*=/, file: '.npmrc' },
];

/** Gives a line `file:line: what` for everything found in one text. */
export function findMachineWords(file: string, text: string): readonly string[] {
  const words = WORDS.filter((word) => word.file === undefined || file.split('/').at(-1) === word.file);
  if (!words.some(({ pattern }) => new RegExp(pattern, 'm').test(text))) return [];
  return text.split('\n').flatMap((line, index) => {
    const found = words.filter(({ pattern }) => pattern.test(line));
    return found.map(({ what }) => `${file}:${index + 1}: ${what}: ${line.trim().slice(0, 100)}`);
  });
}

function readText(file: string): string {
  const path = join(ROOT, file);
  const status = statSync(path);
  if (!status.isFile() || status.size > TEXT_BYTES_MAX) return '';
  const bytes = readFileSync(path);
  return bytes.includes(0) ? '' : bytes.toString('utf8');
}

if (import.meta.main) {
  const found = listFiles().flatMap((file) => findMachineWords(file, readText(file)));
  for (const line of found) console.error(line);
  process.exitCode = found.length === 0 ? 0 : 1;
}
