import { readFileSync } from 'node:fs';

/** The version of this CLI; the same file is beside the source and beside the bundle. */
export function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}
