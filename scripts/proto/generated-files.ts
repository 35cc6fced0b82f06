import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GENERATED, PROTO } from './contract-folders.ts';

/** Beside the generated code: a hash of every file it was made from and of every file that was made. */
const MANIFEST = join(GENERATED, 'made-from.json');

/** Path relative to packages/contract -> SHA-256. */
type Hashes = Readonly<Record<string, string>>;

/** Replaces the generated code by what is in `folder`, or, to check, tells which files differ from that. */
export async function keepGenerated(folder: string, mode: 'write' | 'check'): Promise<readonly string[]> {
  if (mode === 'check') return [...(await differences(folder)), ...(await findStale())];
  await rm(GENERATED, { recursive: true, force: true });
  await cp(folder, GENERATED, { recursive: true });
  await writeFile(MANIFEST, `${JSON.stringify(await hashFiles(), null, 2)}\n`);
  return [];
}

/**
 * Tells which generated files were not made from the .proto files as they are, without generating anything: a unit test
 * does this, so that nobody has to install the generators to notice.
 */
export async function findStale(): Promise<readonly string[]> {
  const noted = JSON.parse(await readFile(MANIFEST, 'utf8')) as Hashes;
  return compareHashes(noted, await hashFiles());
}

/** A line for every file that is new, gone or changed since the hashes were noted. */
export function compareHashes(noted: Hashes, found: Hashes): readonly string[] {
  const files = [...new Set([...Object.keys(noted), ...Object.keys(found)])].sort();
  return files
    .filter((file) => noted[file] !== found[file])
    .map((file) => `packages/contract/${file} changed since the code was generated. Run: npm run proto`);
}

async function hashFiles(): Promise<Hashes> {
  const files = [
    ...globSync('**/*.proto', { cwd: PROTO }).map((file) => ['proto', file] as const),
    ...globSync('**/*.ts', { cwd: GENERATED }).map((file) => ['src/generated', file] as const),
  ];
  const entries = files.map(async ([folder, file]) => {
    const text = await readFile(join(folder === 'proto' ? PROTO : GENERATED, file), 'utf8');
    // A checkout may bring other line ends.
    const hash = createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
    return [`${folder}/${file}`.replaceAll('\\', '/'), hash] as const;
  });
  return Object.fromEntries((await Promise.all(entries)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function differences(folder: string): Promise<readonly string[]> {
  const made = globSync('**/*.ts', { cwd: folder });
  const pairs = await Promise.all(
    made.map(async (file) => {
      const committed = await readFile(join(GENERATED, file), 'utf8').catch(() => null);
      return committed === (await readFile(join(folder, file), 'utf8')) ? [] : [file];
    }),
  );
  return pairs
    .flat()
    .map((file) => `packages/contract/src/generated/${file} is not what is generated. Run: npm run proto`);
}
