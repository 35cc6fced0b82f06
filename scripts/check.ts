/**
 * `npm run check`: everything a change must pass, in the same words on every machine and in CI.
 *
 *     npm run check                 all steps
 *     npm run check -- lint types   only these
 *     npm run check -- --fix        mend what a tool can mend, then check
 */
import { runInPairs } from './check/run-in-pairs.ts';
import { createReporter } from './check/report.ts';
import { asksForHelp, usageOf } from './usage.ts';
import { FIXES, STEPS } from './check/steps.ts';

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const names = STEPS.map(({ name }) => name);
  if (asksForHelp(args)) {
    process.stdout.write(`${usageOf(import.meta.filename)}\nSteps are: ${names.join(', ')}.\n`);
    return 0;
  }
  const strange = args.find((word) => word.startsWith('-') && word !== '--fix');
  if (strange !== undefined) {
    console.error(`No such option: ${strange}. There are --fix and --help.`);
    return 2;
  }
  const values = { fix: args.includes('--fix') };
  const positionals = args.filter((word) => !word.startsWith('-'));
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.error(`No such step: ${unknown.join(', ')}. Steps are: ${names.join(', ')}.`);
    return 2;
  }
  const chosen = STEPS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  // Fixers write what others read, so each runs alone; what they cannot mend, the steps below will report.
  if (values.fix) {
    for (const step of FIXES) await runInPairs([step], () => {});
  }
  const reporter = createReporter(chosen.map(({ name }) => name));
  return reporter.finish(await runInPairs(chosen, reporter.show));
}

process.exitCode = await main();
