import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this CLI; the same file is beside the source and beside the bundle. */
export function readVersion(): string {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}
