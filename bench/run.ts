/**
 * `npm run bench`: what BFM takes, beside other tools and the least that any tool could take.
 *
 *     npm run bench                        all workloads, three rounds each; an hour on two cores
 *     npm run bench -- --only w1,w2        some of w1,w2,w3,w4,w5,start,memory,fences
 *     npm run bench -- --rounds 5
 *     npm run bench -- --quick             small workloads, one round: shows that it works, says little
 *     npm run bench -- --resume            keeps the rounds there are, and measures what is missing
 *     npm run bench -- --report            measures nothing, reports what is there
 *     npm run bench -- --postgres 15       on an older server
 *
 * BFM_BENCH_URL names a server (a superuser's URL); without it, embedded ones are started. Results are kept in
 * bench/results. docs/performance.md says what is measured and what was found.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compileFloor, MissingToolError } from './floor.ts';
import { judgeGoals } from './goals.ts';
import { measureSuite } from './measure-suite.ts';
import { OptionError, readOptions } from './options.ts';
import { findDbmate, installPeers, PEERS } from './peers.ts';
import { Programs } from './programs.ts';
import { renderReport } from './report.ts';
import { ResultsFolder } from './results.ts';
import { asksForHelp, usageOf } from '../scripts/usage.ts';

const ROOT = join(import.meta.dirname, '..');

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(usageOf(import.meta.filename));
    return;
  }
  const options = readOptions(args);
  const size = options.isQuick ? '-quick' : '';
  const results = new ResultsFolder(join(ROOT, 'bench', 'results', `postgresql-${options.postgres}${size}`));
  if (!options.reportOnly) {
    const folder = await mkdtemp(join(tmpdir(), 'bfm-bench-'));
    try {
      const programs = await prepare(folder);
      for (const name of options.suites) await measureSuite(name, { options, folder, programs, results });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const all = await results.readAll();
  const text = renderReport(all);
  console.log(`\n${text}`);
  await results.writeText('report.txt', text);
  await results.writeText('goals.json', `${JSON.stringify(judgeGoals(all), null, 2)}\n`);
}

async function prepare(folder: string): Promise<Programs> {
  const floor = await compileFloor(folder);
  await installPeers();
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'build.ts')], { cwd: ROOT });
  const bfm = join(ROOT, 'apps', 'cli', 'bin', 'bfm.cjs');
  return new Programs({ floor, node: process.execPath, bfm, peers: PEERS, dbmate: await findDbmate() });
}

try {
  await main();
} catch (error) {
  if (!(error instanceof MissingToolError || error instanceof OptionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
