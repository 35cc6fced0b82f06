import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DescFile } from '@bufbuild/protobuf';
import { format, resolveConfig } from 'prettier';
import { GENERATED, PROTO } from './contract-folders.ts';
import { compareWire, describeWire, type WireShape } from './wire-shape.ts';

const BASELINE = join(PROTO, 'migration.baseline.json');

/** What clients in the field have been promised. */
export async function readBaseline(): Promise<WireShape> {
  return JSON.parse(await readFile(BASELINE, 'utf8')) as WireShape;
}

/** Tells of every break; without one, notes what is new, or, to check, tells of it. */
export async function keepBaseline(mode: 'write' | 'check'): Promise<readonly string[]> {
  // Imported only now: it may just have been generated.
  const generated = (await import(pathToFileURL(join(GENERATED, 'migration_pb.ts')).href)) as {
    readonly file_migration: DescFile;
  };
  const current = describeWire(generated.file_migration);
  const { breaks, additions } = compareWire(await readBaseline(), current);
  if (breaks.length > 0) return breaks.map((each) => `breaks the wire: ${each}`);
  if (mode === 'check') return additions.map((each) => `not in the baseline: ${each}. Run: npm run proto`);
  const options = { ...(await resolveConfig(BASELINE)), filepath: BASELINE };
  await writeFile(BASELINE, await format(JSON.stringify(current), options));
  return [];
}
