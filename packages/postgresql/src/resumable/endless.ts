import { BfmError } from '@bfm/core';
import type { Answer } from '../pipeline.ts';
import type { Message } from '../message.ts';
import { expectDone } from './step-session.ts';

/** Rows a backfill may change for each row there can be; one that ends by itself changes each once. */
const TIMES_MAX = 10;
/** A backfill that changes no more than this is let be. */
const ROWS_ALWAYS_ALLOWED = 100_000;

/**
 * Asks how many rows a backfill may change before it must be changing the same ones again and again: ten times as many
 * as the tables of the schema and of `public` can hold, judged by their size on disk, which needs no statistics.
 */
export async function readRowsLimit(
  send: (message: Message) => Promise<Answer>,
  schema: string,
): Promise<number> {
  return Math.max(ROWS_ALWAYS_ALLOWED, TIMES_MAX * (await readRows(send, schema, null)));
}

/** How many more it may change because its text names other schemas; with foreign tables there nobody knows. */
export async function readRowsElsewhere(
  send: (message: Message) => Promise<Answer>,
  schema: string,
  text: string,
): Promise<number> {
  return TIMES_MAX * (await readRows(send, schema, text));
}

async function readRows(
  send: (message: Message) => Promise<Answer>,
  schema: string,
  elsewhere: string | null,
): Promise<number> {
  const answer = await send({ text: ROWS, values: [schema, elsewhere] });
  expectDone(answer, null);
  return Number(answer.firstRow?.['rows'] ?? Infinity);
}

/** Why a backfill that has changed more rows than {@link readRowsLimit} allows is stopped. */
export function endlessError(rowsDone: number): BfmError {
  return new BfmError('step.failed', {
    message: `the backfill has changed ${rowsDone} rows, ten times as many as there can be: it changes the same ones again and again`,
    next: 'let its statement find only rows that are still to be changed, and run the same command again',
  });
}

// A row takes 28 bytes at least: its header of 24 and the pointer to it (storage page layout, PostgreSQL manual).
const ROWS = `
SELECT coalesce(sum(CASE WHEN c.relkind = 'f' THEN 'Infinity'::float8 ELSE pg_catalog.pg_relation_size(c.oid) / 28 END), 0) AS rows
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'f') AND CASE WHEN n.nspname IN ($1, 'public') THEN $2::text IS NULL
                                        ELSE pg_catalog.strpos($2::text, n.nspname::text) > 0 END`;
