import type { JsonObject, StoredRunHead } from '@bfm/engine';

const STATUSES: ReadonlySet<string> = new Set([
  'queued',
  'paused',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'needs_attention',
]);
const DIRECTIONS: ReadonlySet<string> = new Set(['up', 'down']);

/**
 * A run as it was read. One whose row is not as constraints would have it is shown as what it is: nothing works on it, and a
 * person has to look. What is only told beside it and has another form than BFM writes is left out.
 */
export function readRun<Run extends StoredRunHead>(row: Run): Run {
  const isWorkable = STATUSES.has(row.status) && DIRECTIONS.has(row.direction) && !row.fence.startsWith('-');
  if (isWorkable && hasForms(row)) return row;
  const { context, error, summary } = row;
  const told = {
    ...row,
    context: isObject(context) ? context : {},
    error: isObject(error) ? error : null,
    summary: isObject(summary) ? summary : null,
  };
  return isWorkable ? told : { ...told, status: 'needs_attention', error: UNSOUND };
}

const UNSOUND: JsonObject = {
  code: 'state.row_unsound',
  message:
    'the row of this run in the state was changed behind BFM: nothing is done about it until it is mended',
  next: 'bfm doctor tells what is wrong with it, and what mends it',
};

function hasForms({ context, error, summary }: StoredRunHead): boolean {
  return isObject(context) && [error, summary].every((value) => value === null || isObject(value));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
