import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, runMain } from './run-main.ts';

const FILES = {
  'sfm/postgresql/core/20250101000000_create_plans.up.sql': 'SELECT 1;',
  'sfm/postgresql/core/20250102000000_seed_plans.up.sql': 'SELECT 1;',
  'sfm/postgresql/guard/20250103000000_create_users.up.sql': 'SELECT 1;',
  // A name that a careless script would run.
  'sfm/postgresql/guard/20250104000000_$(touch run-by-tab).up.sql': 'SELECT 1;',
};
const ENV = { PATH: process.env['PATH'] ?? '', ORGANIZATION_BACKEND: 'postgresql', LC_ALL: 'C' };

/** Words before the cursor (the last may be begun), and what must be offered among others. */
const CASES: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [[''], ['status', 'plan', 'up', 'completion', 'help']],
  [['st'], ['status']],
  [
    ['up', '--lock'],
    ['--lock-wait', '--lock-timeout'],
  ],
  [['--sfm', 'sfm', 'up', '--fail'], ['--fail-fast']],
  [
    ['up', '--commit', ''],
    ['per-migration', 'per-target'],
  ],
  [
    ['up', '--connection', ''],
    ['core', 'guard', 'organization'],
  ],
  [
    ['down', '--migration', 'core/'],
    ['core/create_plans', 'core/seed_plans'],
  ],
  [['down', '--to', '20250101'], ['20250101000000']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['help', 'hi'], ['history']],
];

let scripts: Readonly<Record<'bash' | 'zsh' | 'fish', string>>;

beforeAll(async () => {
  const script = async (shell: string): Promise<string> => (await runMain(['completion', shell])).stdout;
  scripts = { bash: await script('bash'), zsh: await script('zsh'), fish: await script('fish') };
});

/** Runs a shell in a folder where the script lies as `script`. */
function run(program: string, args: readonly string[], script: string): readonly string[] {
  const folder = makeFolder({ ...FILES, script });
  const text = execFileSync(program, args, { cwd: folder, env: ENV, encoding: 'utf8' });
  expect(() => execFileSync('ls', [join(folder, 'run-by-tab')], { stdio: 'pipe' })).toThrow();
  return text.split('\n').filter((line) => line !== '');
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** Only what was begun is offered: nothing else may be among it. */
function expectOffered(found: readonly string[], words: readonly string[], offered: readonly string[]): void {
  expect(found).toEqual(expect.arrayContaining([...offered]));
  const begun = words.at(-1) ?? '';
  expect(found.filter((word) => !word.startsWith(begun))).toEqual([]);
}

describe('bash', () => {
  it.each(CASES)('completes bfm %j', (words, offered) => {
    const typed = ['bfm', ...words].map((word) => `'${word}'`).join(' ');
    const ask = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _bfm; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expectOffered(run('bash', ['--norc', '-c', `source ./script; ${ask}`], scripts.bash), words, offered);
  });

  it('completes what stands behind an equals sign, which bash takes for a word', () => {
    const ask = `COMP_WORDS=(bfm up --commit = per-t); COMP_CWORD=4; _bfm; echo "\${COMPREPLY[@]}"`;
    expect(run('bash', ['--norc', '-c', `source ./script; ${ask}`], scripts.bash)).toEqual(['per-target']);
  });

  it('runs nothing that stands in a file name', () => {
    const ask = `COMP_WORDS=(bfm up --migration ''); COMP_CWORD=3; _bfm; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const found = run('bash', ['--norc', '-c', `source ./script; ${ask}`], scripts.bash);
    expect(found).toContain('guard/\\$\\(touch\\ run-by-tab\\)');
  });
});

describe.runIf(isInstalled('zsh'))('zsh', () => {
  // What zsh itself would show is asked of the functions that the script hands its words to.
  const STAND_INS = `compdef() { }
compset() { }
compadd() { [[ $1 == -- ]] && shift; print -l -- \${(M)@:#$words[CURRENT]*} }
_describe() {
  local entry
  for entry in \${(P)@[-1]}; do
    if [[ $entry == $words[CURRENT]* ]]; then print -r -- \${entry%%:*}; fi
  done
}`;

  it.each(CASES)('completes bfm %j', (words, offered) => {
    const typed = ['bfm', ...words].map((word) => `'${word}'`).join(' ');
    const ask = `words=(${typed}); CURRENT=${words.length + 1}; _bfm`;
    const found = run('zsh', ['-f', '-c', `${STAND_INS}\nsource ./script; ${ask}`], scripts.zsh);
    expectOffered(found, words, offered);
  });
});

describe.runIf(isInstalled('fish'))('fish', () => {
  it.each(CASES)('completes bfm %j', (words, offered) => {
    const typed = ['bfm', ...words].join(' ');
    const found = run('fish', ['--no-config', '-c', `source ./script; complete -C '${typed}'`], scripts.fish);
    expectOffered(
      found.map((line) => line.split('\t')[0] ?? ''),
      words,
      offered,
    );
  });
});

it('refuses a shell it knows nothing of', async () => {
  const end = await runMain(['completion', 'tcsh']);
  expect(end.code).toBe(2);
  expect(end.stderr).toContain('bash, zsh, fish');
});
