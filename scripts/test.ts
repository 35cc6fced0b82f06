/**
 * `npm test`: runs every suite, and prints `N passed, N failed` as its last line. Further arguments go to vitest:
 *
 *     npm test -- --project unit
 *     npm test -- packages/embedded -t 'stale postmaster'
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { asksForHelp, usageOf } from './usage.ts';
import { summarize, summarizeInterrupted } from './test/summary.ts';

const ROOT = join(import.meta.dirname, '..');
const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

let interrupted = false;

async function runVitest(folder: string, report: string): Promise<number> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [VITEST, 'run', ...reporters, ...process.argv.slice(2)], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, TMPDIR: folder, BFM_TEST_FOLDER: folder },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = true;
      // At a terminal Ctrl-C has already reached vitest, and a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

async function main(): Promise<number> {
  if (asksForHelp(process.argv.slice(2))) {
    process.stdout.write(usageOf(import.meta.filename));
    return 0;
  }
  // Everything that tests write goes in here, and with it, also when they are cut short. As open as /tmp, since servers of
  // other users are tested, and not in the user's own temporary directory, which may be as private as a home.
  const folder = await mkdtemp('/tmp/bfm-test-run-');
  try {
    await chmod(folder, 0o1777);
    const report = join(folder, 'report.json');
    const exitCode = await runVitest(folder, report);
    const text = await readFile(report, 'utf8').catch(() => null);
    const summary = interrupted ? summarizeInterrupted(text) : summarize(text, exitCode);
    for (const note of summary.notes) console.log(note);
    console.log(`${String(summary.passed)} passed, ${String(summary.failed)} failed`);
    return summary.exitCode;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

process.exitCode = await main();
