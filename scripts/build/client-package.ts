import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'packages/client';
const CODE = ['*.js', '*.d.ts'];

/** Where a package was made. */
export interface MadePackage {
  /** Ready for `npm pack` and `npm publish`. */
  readonly folder: string;
}

/**
 * Makes what is published of the client: ES modules, their types, and a manifest that leads there. In the tree its manifest
 * leads to the source, as those of all packages do.
 */
export function makeClientPackage(root: string): MadePackage {
  const from = join(root, FOLDER);
  const folder = join(from, 'dist/package');
  rmSync(folder, { recursive: true, force: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(from, 'tsconfig.publish.json')], { stdio: 'pipe' });
  // The compiler rewrites the imports of code, and leaves those of types.
  for (const name of globSync('*.d.ts', { cwd: folder })) {
    const path = join(folder, name);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/(from '\.\/[^']+)\.ts'/g, "$1.js'"));
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(toManifest(from), null, 2)}\n`);
  copyFileSync(join(from, 'README.md'), join(folder, 'README.md'));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  return { folder };
}

function toManifest(from: string): Readonly<Record<string, unknown>> {
  const own = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as Record<string, unknown>;
  const { private: _private, exports: _exports, ...kept } = own;
  return {
    ...kept,
    exports: { '.': { types: './index.d.ts', default: './index.js' } },
    types: './index.d.ts',
    files: CODE,
    publishConfig: { access: 'public', provenance: true },
  };
}
