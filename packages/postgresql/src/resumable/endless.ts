import { BfmError } from '@bfm/core';
import type { Answer } from '../pipeline.ts';
import type { Message } from '../message.ts';

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
  const { firstRow } = await send({ text: ROWS, values: [schema] });
  return Math.max(ROWS_ALWAYS_ALLOWED, TIMES_MAX * Number(firstRow?.['rows'] ?? Infinity));
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
SELECT coalesce(sum(pg_catalog.pg_relation_size(c.oid)) / 28, 0)::float8 AS rows
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ($1, 'public') AND c.relkind = 'r'`;
