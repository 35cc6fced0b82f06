import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestDatabase } from '@bfm/testing';

/** How many migrations each tenant gets. */
export const MIGRATIONS = 6;

/** Where every migration of the torture tree leaves a row each time it takes effect. */
const EFFECT_LOG = `
CREATE TABLE public.effect_log (migration text NOT NULL, target text NOT NULL, txid xid8 NOT NULL DEFAULT pg_current_xact_id())`;

/** An sfm tree whose migrations count their effects and cannot be applied twice. */
export interface TortureTree extends AsyncDisposable {
  readonly sfm: string;
}

/** Writes the tree into a temporary folder and the log into the database. */
export async function makeTortureTree(db: TestDatabase): Promise<TortureTree> {
  await db.query(EFFECT_LOG);
  const sfm = await mkdtemp(join(tmpdir(), 'bfm-torture-'));
  const folder = join(sfm, 'postgresql', 'tenant');
  await mkdir(folder, { recursive: true });
  for (let number = 1; number <= MIGRATIONS; number += 1) {
    const stem = join(folder, `2025010100000${number}_step_${number}`);
    await writeFile(`${stem}.up.sql`, upScript(number));
    await writeFile(`${stem}.down.sql`, `DROP TABLE step_${number};\n`);
  }
  return { sfm, [Symbol.asyncDispose]: () => rm(sfm, { recursive: true, force: true }) };
}

/** Half of them say what they depend on; all of them take a moment, so that kills land inside. */
function upScript(number: number): string {
  const depends = number % 2 === 0 ? `-- bfm: depends-on=step_${number - 1}\n` : '';
  return `${depends}CREATE TABLE step_${number} (id bigint PRIMARY KEY, note text NOT NULL);
INSERT INTO public.effect_log (migration, target) VALUES ('step_${number}', current_schema());
SELECT pg_sleep(0.01);
CREATE INDEX step_${number}_note_idx ON step_${number} (note);
`;
}

/** Every (migration, target) with how often it took effect and what the ledger says; those that are not exactly once. */
export async function notExactlyOnce(db: TestDatabase, targets: readonly string[]): Promise<unknown[]> {
  return db.query(
    `SELECT w.migration, w.target, count(e.txid)::int AS effects, max(l.status) AS ledger
     FROM (SELECT 'step_' || n AS migration, t AS target
           FROM generate_series(1, $1::int) n, unnest($2::text[]) t) w
     LEFT JOIN public.effect_log e ON e.migration = w.migration AND e.target = w.target
     LEFT JOIN bfm.scope s ON s.schema_name = w.target AND s.retired_at IS NULL
     LEFT JOIN bfm.ledger l ON l.scope_id = s.scope_id AND l.migration_id LIKE '%_' || w.migration || '_postgresql_tenant'
     GROUP BY 1, 2 HAVING count(e.txid) <> 1 OR max(l.status) IS DISTINCT FROM 'applied'`,
    [MIGRATIONS, targets],
  );
}

/** What a run must not leave behind: session locks, open transactions, events that do not match the ledger. */
export async function leftovers(db: TestDatabase): Promise<unknown[]> {
  return db.query(
    `SELECT 'advisory lock' AS what, pid::text AS detail FROM pg_locks
       WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     UNION ALL
     SELECT 'open transaction', pid::text FROM pg_stat_activity
       WHERE datname = current_database() AND state LIKE 'idle in transaction%'
     UNION ALL
     SELECT 'events of one application', l.migration_id FROM bfm.ledger l JOIN bfm.event e USING (scope_id, migration_id)
       WHERE e.kind = 'applied' GROUP BY l.scope_id, l.migration_id HAVING count(*) <> 1`,
  );
}
