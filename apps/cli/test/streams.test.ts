import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder, runMain } from './run-main.ts';

const LAUNCHER = join(import.meta.dirname, '../bin/bfm.cjs');
const ENV = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8' };

/** Runs a line of bash in which `bfm` is the CLI; gives what it printed. */
function bash(line: string): string {
  const bfm = `bfm() { '${process.execPath}' -- '${LAUNCHER}' "$@"; }`;
  return execFileSync('bash', ['--norc', '-c', `${bfm}; ${line}`], {
    env: ENV,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

describe.skipIf(process.platform === 'win32')('where output goes', () => {
  it.each(['--help', 'completion bash', 'help up'])(
    'bfm %s ends quietly when its reader has seen enough',
    (args) => {
      expect(bash(`bfm ${args} 2>&1 | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"`)).toBe('0\n');
      expect(bash(`bfm ${args} 2>&1 >&- ; echo "$?"`)).toBe('0\n');
    },
  );

  it.runIf(process.platform === 'linux')('says that output is lost on a full disk, and exits 2', () => {
    const text = bash('bfm --help 2>&1 >/dev/full; echo "$?"');
    expect(text).toMatch(/^error: not all of the output could be written: ENOSPC; .*\n2\n$/);
  });

  it.runIf(process.platform === 'linux')('keeps its exit code when stderr is full', () => {
    expect(bash('bfm nonsense 2>/dev/full; echo "$?"')).toBe('2\n');
  });
});

/** What a command shows on a terminal of so many columns. */
function onTerminal(args: string, columns: number, env: Readonly<Record<string, string>> = {}): string {
  const command = `stty cols ${columns}; '${process.execPath}' -- '${LAUNCHER}' ${args}`;
  return execFileSync('script', ['-qc', command, '/dev/null'], {
    env: { ...ENV, TERM: 'xterm-256color', ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).replaceAll('\r\n', '\n');
}

describe.runIf(process.platform === 'linux')('on a terminal', () => {
  it.each([40, 80, 200])('keeps help within %i columns', (columns) => {
    const lines = onTerminal('help', columns)
      .replaceAll(/\u001b\[[0-9;]*m/g, '')
      .split('\n');
    expect(lines[0]).toBe('Usage: bfm <command> [options]');
    expect(
      lines.filter((line) => line.length > Math.min(columns, 110) && line.trim().includes('  ')),
    ).toEqual([]);
  });

  it('uses the sixteen colours of the terminal, and none when told so', () => {
    const coloured = onTerminal('help', 80);
    const codes = new Set([...coloured.matchAll(/\u001b\[([0-9;]*)m/g)].map(([, code]) => code));
    expect(codes.size).toBeGreaterThan(0);
    expect([...codes].filter((code) => !/^(0|1|2|22|3[0-79]|9[0-7])$/.test(code ?? ''))).toEqual([]);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }, { CLICOLOR: '0' }]) {
      expect(onTerminal('help', 80, env)).not.toContain('\u001b');
    }
    expect(onTerminal('--no-color help', 80)).not.toContain('\u001b');
  });

  it('has no colours in a pipe, unless forced', async () => {
    expect((await runMain(['help'])).stdout).not.toContain('\u001b');
    expect((await runMain(['help'], { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[1m');
    expect((await runMain(['help'], { env: { CLICOLOR_FORCE: '1' } })).stdout).toContain('\u001b[1m');
  });

  it('shows an error at 80 columns, with the code in red and the rest as it is', () => {
    const sfm = makeFolder({
      'postgresql/core/20250101000000_a.up.sql': '-- bfm: schemer=core\nSELECT 1;\n',
    });
    const env = { CORE_BACKEND: 'postgresql', CORE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    const text = onTerminal(`up --sfm '${sfm}'`, 80, env);
    expect(text).toMatch(/^\u001b\[31merror\[migration\.directive_unknown\]\u001b\[39m: \w/);
    expect(text).toContain('\u001b[1mnext:\u001b[22m ');
  });
});
