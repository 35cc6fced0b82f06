/**
 * `npm run proto`: makes the TypeScript of packages/contract from its .proto files and notes new messages, fields and methods in
 * the wire's baseline. It refuses when something of the baseline changed or is gone: clients in the field speak that.
 *
 *   npm run proto -- --check    changes nothing; fails when the generated code is stale or the wire breaks
 *
 * The generators are installed once, into packages/contract/generator; after that no network is needed. `npm test` does not need
 * them: it compares hashes and the baseline.
 */
import { generate } from './proto/generate.ts';
import { keepBaseline } from './proto/baseline.ts';
import { keepGenerated } from './proto/generated-files.ts';
import { asksForHelp, usageOf } from './usage.ts';

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(usageOf(import.meta.filename));
    return 0;
  }
  const mode = args.includes('--check') ? 'check' : 'write';
  const stale = await generate((folder) => keepGenerated(folder, mode));
  const faults = [...stale, ...(await keepBaseline(mode))];
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main();
