import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchMigration } from './workload.ts';

/** Name of the one connection that BFM is given. */
export const CONNECTION = 'bench';

/** Where one workload's files are. */
export interface WorkloadFiles {
  /** `0001_name.up.sql` ..., for the floor. */
  readonly plain: string;
  /** The same texts as an sfm tree. */
  readonly sfm: string;
}

/** Writes the same migrations in every contender's layout. */
export async function writeLayouts(
  folder: string,
  migrations: readonly BenchMigration[],
): Promise<WorkloadFiles> {
  const plain = join(folder, 'plain');
  const sfm = join(folder, 'sfm');
  const scripts = join(sfm, 'postgresql', CONNECTION);
  await mkdir(plain, { recursive: true });
  await mkdir(scripts, { recursive: true });
  for (const [index, { name, up, down }] of migrations.entries()) {
    const number = String(index + 1).padStart(4, '0');
    const version = `2026010100${number}`;
    await writeFile(join(plain, `${number}_${name}.up.sql`), up);
    await writeFile(join(scripts, `${version}_${name}.up.sql`), up);
    await writeFile(join(scripts, `${version}_${name}.down.sql`), down);
  }
  return { plain, sfm };
}
