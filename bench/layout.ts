import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BenchMigration } from './workload.ts';

/** Name of the one connection that BFM is given. */
export const CONNECTION = 'bench';

/** Folders with one workload's files, one for each contender's layout. */
export interface WorkloadFiles {
  /** `0001_name.up.sql` ..., for the floor. */
  readonly plain: string;
  readonly sfm: string;
  readonly dbmate: string;
  readonly nodePgMigrate: string;
  readonly drizzle: string;
}

/** Writes the same migrations in every contender's layout. */
export async function writeLayouts(
  folder: string,
  migrations: readonly BenchMigration[],
): Promise<WorkloadFiles> {
  const files: WorkloadFiles = {
    plain: join(folder, 'plain'),
    sfm: join(folder, 'sfm'),
    dbmate: join(folder, 'dbmate'),
    nodePgMigrate: join(folder, 'node-pg-migrate'),
    drizzle: join(folder, 'drizzle'),
  };
  for (const [index, migration] of migrations.entries()) {
    for (const [path, text] of layOut(files, migration, index + 1)) await write(path, text);
  }
  await write(join(files.drizzle, 'meta', '_journal.json'), drizzleJournal(migrations));
  return files;
}

function layOut(
  files: WorkloadFiles,
  { name, up, down }: BenchMigration,
  number: number,
): readonly (readonly [string, string])[] {
  const four = String(number).padStart(4, '0');
  const version = `20260101${timeOfDay(number)}`;
  const scripts = join(files.sfm, 'postgresql', CONNECTION);
  return [
    [join(files.plain, `${four}_${name}.up.sql`), up],
    [join(scripts, `${version}_${name}.up.sql`), up],
    [join(scripts, `${version}_${name}.down.sql`), down],
    [join(files.dbmate, `${version}_${name}.sql`), `-- migrate:up\n${up}\n-- migrate:down\n${down}`],
    [
      join(files.nodePgMigrate, `${EPOCH_MS + number}_${name}.sql`),
      `-- Up Migration\n${up}\n-- Down Migration\n${down}`,
    ],
    [join(files.drizzle, `${four}_${name}.sql`), up],
  ];
}

const EPOCH_MS = 1_767_225_600_000;

/** `hhmmss`: one migration a second. */
function timeOfDay(second: number): string {
  return [Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join('');
}

function drizzleJournal(migrations: readonly BenchMigration[]): string {
  const entries = migrations.map(({ name }, index) => ({
    idx: index,
    version: '7',
    when: EPOCH_MS + index,
    tag: `${String(index + 1).padStart(4, '0')}_${name}`,
    breakpoints: true,
  }));
  return JSON.stringify({ version: '7', dialect: 'postgresql', entries });
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
