/**
 * `npm run build`: bundles the CLI into apps/cli/dist/bfm.cjs, so that it starts fast and runs on every Node from 22.12.
 *
 *     npm run build                does nothing when nothing changed
 *     npm run build -- --force     builds in any case
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './build/bundle.ts';
import { compileAhead } from './build/compile-ahead.ts';

const ROOT = join(import.meta.dirname, '..');

const { values } = parseArgs({
  options: {
    force: { type: 'boolean', default: false },
    entry: { type: 'string', default: 'apps/cli/src/main.ts' },
    outfile: { type: 'string', default: 'apps/cli/dist/bfm.cjs' },
  },
});

async function main(): Promise<number> {
  const { entry, outfile, force } = values;
  if (!existsSync(join(ROOT, entry))) {
    console.error(`There is nothing to build: ${entry} does not exist.`);
    return 2;
  }
  const start = performance.now();
  try {
    const result = await bundle({ root: ROOT, entry, outfile, force });
    const slower = result === 'built' ? await compileAhead(join(ROOT, outfile)) : null;
    if (slower !== null) console.warn(`${outfile} starts slower than it could: ${slower}`);
    console.log(`${outfile} ${result} in ${(performance.now() - start).toFixed(0)} ms`);
    return 0;
  } catch (error) {
    // esbuild has already written what is wrong, with place and source line.
    if (error instanceof Error && 'errors' in error) return 1;
    throw error;
  }
}

process.exitCode = await main();
