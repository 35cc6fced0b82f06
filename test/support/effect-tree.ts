import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EFFECT_LOG, logEffect, type TestDatabase } from '@bfm/testing';

/** What a migration of the tree is: one transaction, statements outside of one, or a backfill. */
export type EffectKind = 'transaction' | 'bare' | 'batch';

/** An sfm tree of dynamic migrations of one connection that count their effects and cannot be applied twice. */
export interface EffectTree extends AsyncDisposable {
  readonly sfm: string;
  readonly connection: string;
  /** Names of the migrations, `step_1` first; all but those of a backfill log their effects. */
  readonly names: readonly string[];
  /** Those that do not: what `findUnsound` is to leave out. */
  readonly unlogged: readonly string[];
}

/** What the tree is like. */
export interface EffectTreeOptions {
  /** One for each migration, in order. @default six in transactions */
  readonly kinds?: readonly EffectKind[];
  /** @default tenant */
  readonly connection?: string;
  /** How long each migration sleeps in the server, in seconds, so that faults land inside. @default 0.01 */
  readonly seconds?: number;
}

const SIX: readonly EffectKind[] = Array.from({ length: 6 }, () => 'transaction');

/** Writes the tree into a temporary folder, and the log of effects into the database unless it is there. */
export async function makeEffectTree(
  db: Pick<TestDatabase, 'query'>,
  { kinds = SIX, connection = 'tenant', seconds = 0.01 }: EffectTreeOptions = {},
): Promise<EffectTree> {
  const [there] = await db.query<{ found: boolean }>(
    `SELECT to_regclass('public.effect_log') IS NOT NULL AS found`,
  );
  if (there?.found !== true) await db.query(EFFECT_LOG);
  const sfm = await mkdtemp(join(tmpdir(), 'bfm-effects-'));
  const folder = join(sfm, 'postgresql', connection);
  await mkdir(folder, { recursive: true });
  for (const [index, kind] of kinds.entries()) {
    const stem = join(folder, `202501010000${String(index + 1).padStart(2, '0')}_step_${index + 1}`);
    const { up, down } = SCRIPTS[kind](index + 1, seconds);
    await writeFile(`${stem}.up.sql`, up);
    await writeFile(`${stem}.down.sql`, down);
  }
  return {
    sfm,
    connection,
    names: kinds.map((_, index) => `step_${index + 1}`),
    unlogged: kinds.flatMap((kind, index) => (kind === 'batch' ? [`step_${index + 1}`] : [])),
    [Symbol.asyncDispose]: () => rm(sfm, { recursive: true, force: true }),
  };
}

/** Half of them say what they depend on. */
function transaction(number: number, seconds: number): Script {
  const depends = number % 2 === 0 ? `-- bfm: depends-on=step_${number - 1}\n` : '';
  return {
    up: `${depends}CREATE TABLE step_${number} (id bigint PRIMARY KEY, note text NOT NULL);
${logEffect(`step_${number}`)};
SELECT pg_sleep(${seconds});
CREATE INDEX step_${number}_note_idx ON step_${number} (note);
`,
    down: `${logEffect(`step_${number}`, 'down')};\nDROP TABLE step_${number};\n`,
  };
}

function bare(number: number, seconds: number): Script {
  return {
    up: `-- bfm: transaction=none
CREATE TABLE step_${number} (id bigint PRIMARY KEY, note text NOT NULL);
${logEffect(`step_${number}`)};
INSERT INTO step_${number} SELECT n, 'note ' || n FROM generate_series(1, 500) n;
CREATE INDEX CONCURRENTLY step_${number}_note_idx ON step_${number} (note);
SELECT pg_sleep(${seconds});
`,
    down: `-- bfm: transaction=none
DROP INDEX CONCURRENTLY step_${number}_note_idx;
${logEffect(`step_${number}`, 'down')};
DROP TABLE step_${number};
`,
  };
}

/** Fills a table that the first migration has made; done twice it would fill it twice. */
function batch(number: number, seconds: number): Script {
  return {
    up: `-- bfm: batch=100
INSERT INTO step_1 (id, note)
SELECT ${number} * 100000 + n, 'batch' FROM generate_series(1, 500) n, pg_sleep(${seconds})
WHERE ${number} * 100000 + n > (SELECT coalesce(max(id), 0) FROM step_1 WHERE id / 100000 = ${number}) LIMIT :batch
`,
    down: `DELETE FROM step_1 WHERE id / 100000 = ${number};\n`,
  };
}

interface Script {
  readonly up: string;
  readonly down: string;
}

const SCRIPTS: Readonly<Record<EffectKind, (number: number, seconds: number) => Script>> = {
  transaction,
  bare,
  batch,
};
