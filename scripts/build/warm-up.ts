/**
 * Runs a bundle's commands once, against a database that knows nothing, and keeps what V8 has compiled by then: just the
 * functions that a start needs, at half the size of all of them.
 *
 *     node warm-up.ts BUNDLE CACHE
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { startEmptyServer } from './empty-server.ts';
import { sealOf } from './seal.ts';

/** What a bundle of ours looks like from outside. */
type Bundle = (
  ...environment: [{ done?: Promise<void> }, NodeJS.Require, module: object, file: string, folder: string]
) => void;

const TENANTS = 'tenants.txt';
const COMMANDS = [
  ['status'],
  ['status', '--json', '--schemas-from', TENANTS],
  ['plan', '--schemas-from', TENANTS],
  ['up', '--schemas-from', TENANTS],
  ['history'],
];

const [file = '', cache = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'bfm-warm-up-'));
const server = await startEmptyServer();
try {
  mkdirSync(join(folder, 'sfm/postgresql/warm'), { recursive: true });
  for (const direction of ['up', 'down']) {
    const script = join(folder, `sfm/postgresql/warm/20250101000000_a.${direction}.sql`);
    writeFileSync(script, '-- bfm: lock-timeout=2s\nSELECT 1;\n');
  }
  writeFileSync(join(folder, TENANTS), 'acme\n');
  process.chdir(folder);
  process.env['WARM_BACKEND'] = 'postgresql';
  process.env['WARM_URL'] = `postgres://warm@127.0.0.1:${server.port}/none`;
  // The same words as in the launcher: V8 takes what it compiled back for this very text only.
  const text = readFileSync(file, 'latin1');
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: file,
  });
  for (const command of COMMANDS) {
    process.argv = [process.execPath, file, ...command];
    const bundle: { exports: { done?: Promise<void> } } = { exports: {} };
    const run = script.runInThisContext() as Bundle;
    run(bundle.exports, createRequire(file), bundle, file, dirname(file));
    await bundle.exports.done;
  }
  writeFileSync(cache, Buffer.concat([Buffer.from(sealOf(text)), script.createCachedData()]));
} finally {
  server.close();
  rmSync(folder, { recursive: true });
  process.exitCode = 0;
}
