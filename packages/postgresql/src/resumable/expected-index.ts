import type { BareStatement } from '@bfm/core';
import { classifyPgError } from '../pg-errors.ts';
import { quotePath, type FoundIndex } from './effects.ts';
import { Halt } from './halt.ts';
import { expectDone, type StepSession } from './step-session.ts';

type CreateIndex = Extract<BareStatement, { effect: 'create_index' }>;

/**
 * Whether an index is the one that a statement asks for: on the same table, of the same columns, method, condition and
 * uniqueness. The server is asked, which alone knows what a definition means: the same index is made on an empty copy of
 * the table that goes with its transaction. False as well when that cannot be done.
 *
 * @throws {@link Halt} when the session or a lock is to blame
 */
export async function isAsAsked(
  bare: CreateIndex,
  found: FoundIndex,
  session: StepSession,
): Promise<boolean> {
  if (typeof bare.definition !== 'string') return false;
  const table = quotePath(bare.table, session.values);
  // By the table's own name: expressions may say it.
  const copy = quotePath({ schema: 'pg_temp', name: bare.table.name }, session.values);
  // The definition is text of the file, which runs as it is like the statement it was cut out of.
  const begin = bare.unique ? 'CREATE UNIQUE INDEX bfm_asked_for ON' : 'CREATE INDEX bfm_asked_for ON';
  const asked = [begin, copy, bare.definition].join(' ');
  try {
    return await session.transaction(async (send) => {
      // The copy would hide it from whoever looks for it by the search path.
      const asks = await send({
        text: 'SELECT pg_catalog.to_regclass($1)::oid::int8::text AS oid',
        values: [table],
      });
      expectDone(asks, null);
      expectDone(await send(`CREATE TEMPORARY TABLE ${copy} (LIKE ${table}) ON COMMIT DROP`), null);
      expectDone(await send(session.render(asked)), null);
      const answer = await send({ text: SAME_INDEX, values: [found.oid, asks.firstRow?.['oid']] });
      expectDone(answer, null);
      return answer.firstRow?.['same'] === true;
    });
  } catch (error) {
    if (error instanceof Halt && classifyPgError(error.reason) === 'failed') return false;
    throw error;
  }
}

// Column by column, since the attribute numbers of a copy may be others. Storage parameters can be changed at any time.
const MEANING = `pg_catalog.json_build_array(c.relam, i.indisunique, i.indnullsnotdistinct, i.indnkeyatts,
  (SELECT pg_catalog.array_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k, false) ORDER BY k)
   FROM pg_catalog.generate_series(1, i.indnatts::integer) k),
  i.indclass::text, i.indcollation::text, i.indoption::text, pg_catalog.pg_get_expr(i.indpred, i.indrelid))::text`;

const SAME_INDEX = `
SELECT coalesce(pg_catalog.bool_and(i.indexrelid <> $1::oid OR i.indrelid = $2::oid)
                AND pg_catalog.count(*) = 2 AND pg_catalog.min(${MEANING}) = pg_catalog.max(${MEANING}), false) AS same
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indexrelid IN ($1::oid, pg_catalog.to_regclass('pg_temp.bfm_asked_for'))`;
