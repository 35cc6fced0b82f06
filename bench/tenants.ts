import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONNECTION } from './layout.ts';
import { namesOf, type SchemaRange } from './programs.ts';

/** Tenant schemas of a workload. */
export interface Tenants extends SchemaRange {
  /** Says to BFM which schemas are meant. */
  readonly args: readonly string[];
}

/** The first `count` tenants, in a file that BFM reads. */
export async function makeTenants(folder: string, count: number): Promise<Tenants> {
  const range = { format: 'tenant_%d', count };
  const list = join(folder, `tenants_${count}.txt`);
  await writeFile(list, namesOf(range).join('\n'));
  return { ...range, args: ['--connection', CONNECTION, '--schemas-from', list] };
}
