import type { UnsoundRow } from '@bfm/engine';
import type { StateTransaction } from '../state-database.ts';
import { findCycles, type Needs } from './find-cycles.ts';
import { ROW_CHECKS } from './row-checks.ts';

/** Looks through all tables, in one transaction that reads. */
export async function examineTables({ query }: StateTransaction): Promise<readonly UnsoundRow[]> {
  const rows: UnsoundRow[] = [];
  for (const [table, checks] of Object.entries(ROW_CHECKS)) {
    for (const check of checks) {
      const found = await query<Omit<UnsoundRow, 'table'>>(check, []);
      rows.push(...found.map((row) => ({ table, ...row })));
    }
  }
  for (const ring of findCycles(await query<Needs>(NEEDS, []))) {
    const [cut] = await query<{ mend: string }>(CUT, [ring[0]]);
    rows.push({
      table: 'known_migration',
      key: `id ${String(ring[0])}`,
      problem: `its dependencies lead back to itself: ${[...ring, ring[0]].join(' needs ')}`,
      mend: cut?.mend ?? '',
    });
  }
  return rows;
}

const NEEDS = `
SELECT id, dependencies AS needs FROM known_migration WHERE jsonb_typeof(dependencies) = 'array' AND dependencies <> '[]'::jsonb ORDER BY id`;
const CUT = `SELECT format('UPDATE %I.known_migration SET dependencies = ''[]'' WHERE id = %L', current_schema(), $1::text) AS mend`;
