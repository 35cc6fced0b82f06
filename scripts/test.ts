/**
 * `npm test`: runs every suite, and prints `N passed, N failed` as its last line. Further arguments go to vitest:
 *
 *     npm test -- --project unit
 *     npm test -- packages/embedded -t 'stale postmaster'
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { summarize } from './test/summary.ts';

const ROOT = join(import.meta.dirname, '..');
const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

async function runVitest(report: string): Promise<number> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [VITEST, 'run', ...reporters, ...process.argv.slice(2)], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // At a terminal Ctrl-C has already reached vitest, and a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'bfm-test-report-'));
  try {
    const report = join(folder, 'report.json');
    const exitCode = await runVitest(report);
    const summary = summarize(await readFile(report, 'utf8').catch(() => null), exitCode);
    for (const note of summary.notes) console.log(note);
    console.log(`${String(summary.passed)} passed, ${String(summary.failed)} failed`);
    return summary.exitCode;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
