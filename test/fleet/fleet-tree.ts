import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Name of the one connection of a fleet. */
export const FLEET_CONNECTION = 'tenant';

/** An sfm tree of dynamic migrations. */
export interface FleetTree extends AsyncDisposable {
  readonly sfm: string;
  /** Where the scripts are. */
  readonly folder: string;
}

/** Writes so many small migrations, each with its down; every tenth depends on the one before. */
export async function makeFleetTree(migrations: number): Promise<FleetTree> {
  const sfm = await mkdtemp(join(tmpdir(), 'bfm-fleet-'));
  const folder = join(sfm, 'postgresql', FLEET_CONNECTION);
  await mkdir(folder, { recursive: true });
  for (let number = 1; number <= migrations; number += 1) {
    await writeFile(join(folder, `${stemOf(number)}.up.sql`), upScript(number));
    await writeFile(join(folder, `${stemOf(number)}.down.sql`), `DROP TABLE item_${number};\n`);
  }
  return { sfm, folder, [Symbol.asyncDispose]: () => rm(sfm, { recursive: true, force: true }) };
}

/** The file name of a migration, up to `.up.sql`: one for each minute. */
export function stemOf(number: number): string {
  const minute = new Date(Date.UTC(2025, 0, 1, 0, number)).toISOString();
  return `${minute.replaceAll(/\D/g, '').slice(0, 14)}_create_item_${number}`;
}

/** Names of tenants, as wide as it takes for all to sort by number. */
export function tenantNames(count: number): readonly string[] {
  const width = String(count).length;
  return Array.from({ length: count }, (_, index) => `tenant_${String(index + 1).padStart(width, '0')}`);
}

function upScript(number: number): string {
  const depends = number % 10 === 0 ? `-- bfm: depends-on=create_item_${number - 1}\n` : '';
  return `${depends}CREATE TABLE item_${number} (
  id bigint PRIMARY KEY,
  code text NOT NULL,
  quantity integer NOT NULL DEFAULT 0
);
`;
}
