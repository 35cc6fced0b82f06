import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from './run-in-pairs.ts';
import { ROOT } from './root.ts';

/** The file behind a command of an installed package; works where `.bin` holds shell scripts, too. */
function commandFile(packageName: string, command = packageName): string {
  const folder = join(ROOT, 'node_modules', packageName);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly bin: string | Readonly<Record<string, string>>;
  };
  const file = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[command];
  if (file === undefined) throw new Error(`${packageName} has no command ${command}`);
  return join(folder, file);
}

const own = (file: string): string => join('scripts/check', file);
// Never with --cache: what type-aware rules find in a file depends on other files.
const eslint = [commandFile('eslint'), '.'];
const prettier = commandFile('prettier');
const tsc = commandFile('typescript', 'tsc');

/** Longest first, so that the two lanes end together. */
export const STEPS: readonly Step[] = [
  { name: 'unit', commands: [[commandFile('vitest'), 'run', '--project', 'unit', '--reporter', 'dot']] },
  {
    name: 'types',
    commands: [
      [tsc, '-b'],
      [tsc, '--noEmit', '-p', 'tsconfig.tests.json'],
    ],
  },
  { name: 'lint', commands: [eslint] },
  { name: 'format', commands: [[prettier, '--check', '--log-level', 'warn', '.']] },
  {
    name: 'boundaries',
    commands: [[commandFile('dependency-cruiser', 'depcruise'), 'packages', 'apps', 'scripts', 'test']],
  },
  { name: 'dead-code', commands: [[commandFile('knip'), '--no-config-hints', '--no-progress']] },
  {
    name: 'docs',
    commands: [
      [own('doc-links.ts')],
      [own('error-pages.ts')],
      [own('config-files.ts')],
      [own('cli-reference.ts')],
      [own('metrics-page.ts')],
    ],
  },
  { name: 'machine-paths', commands: [[own('machine-paths.ts')]] },
];

/** What `--fix` runs first, one after the other. */
export const FIXES: readonly Step[] = [
  { name: 'fix lint', commands: [[...eslint, '--fix']] },
  {
    name: 'fix docs',
    commands: [
      [own('error-pages.ts'), '--write'],
      [own('config-files.ts'), '--write'],
      [own('cli-reference.ts'), '--write'],
      [own('metrics-page.ts'), '--write'],
    ],
  },
  { name: 'fix format', commands: [[prettier, '--write', '--log-level', 'warn', '.']] },
];
