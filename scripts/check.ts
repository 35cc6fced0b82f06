/**
 * `npm run check`: everything a change must pass, in the same words on every machine and in CI.
 *
 *     npm run check                 all steps
 *     npm run check -- lint types   only these
 *     npm run check -- --fix        mend what a tool can mend, then check
 */
import { parseArgs } from 'node:util';
import { runInPairs } from './check/run-in-pairs.ts';
import { createReporter } from './check/report.ts';
import { FIXES, STEPS } from './check/steps.ts';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { fix: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const names = STEPS.map(({ name }) => name);
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.error(`No such step: ${unknown.join(', ')}. Steps are: ${names.join(', ')}.`);
    return 2;
  }
  const chosen = STEPS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const reporter = createReporter([...FIXES, ...chosen].map(({ name }) => name));
  // Fixers write the files that the others read, so each runs alone.
  if (values.fix) for (const step of FIXES) reporter.add(await runInPairs([step], () => {}));
  reporter.add(await runInPairs(chosen, reporter.show));
  return reporter.finish();
}

process.exitCode = await main();
