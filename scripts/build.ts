/**
 * `npm run build`: bundles the CLI into apps/cli/dist/bfm.cjs, so that it starts fast and runs on every Node from 22.12.
 *
 *     npm run build                does nothing when nothing changed
 *     npm run build -- --force     builds in any case
 *     npm run build -- --client    makes packages/client/dist/package instead: what is published of the client
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './build/bundle.ts';
import { makeClientPackage } from './build/client-package.ts';
import { compileAhead } from './build/compile-ahead.ts';

const ROOT = join(import.meta.dirname, '..');

const { values } = parseArgs({
  options: {
    force: { type: 'boolean', default: false },
    client: { type: 'boolean', default: false },
    entry: { type: 'string', default: 'apps/cli/src/main.ts' },
    outfile: { type: 'string', default: 'apps/cli/dist/bfm.cjs' },
  },
});

async function main(): Promise<number> {
  const { entry, outfile, force, client } = values;
  if (client) return buildClient();
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

function buildClient(): number {
  try {
    const { folder } = makeClientPackage(ROOT);
    console.log(`${relative(ROOT, folder)} built; npm pack and npm publish work there`);
    return 0;
  } catch (error) {
    // The compiler says on stdout what is wrong.
    if (error instanceof Error && 'stdout' in error) console.error(String(error.stdout));
    else throw error;
    return 1;
  }
}

process.exitCode = await main();
