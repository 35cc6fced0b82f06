import { readFileSync } from 'node:fs';
import { BfmError, type ConnectionName, type SchemaName } from '@bfm/core';
import { parseSchemaNames } from '@bfm/service';
import { readNamedFile } from '../config/read-named-file.ts';
import { systemReason } from '../config/system-reason.ts';
import type { Selecting } from '../modes/selecting.ts';
import { usageError } from './usage-error.ts';

const QUERY = /^\s*(select|with|table|values)\s/i;
const STDIN = 0;

/**
 * The schema names that `--schemas-from` speaks of: one per line of a file or of stdin (`-`; empty lines and those that start with # are nothing), or the first column of a
 * query, asked of the one selected connection.
 *
 * @throws {request.invalid} {name.invalid} {target.unreachable}
 */
export async function readSchemasFrom(
  source: string,
  selected: readonly ConnectionName[],
  from: Selecting,
): Promise<readonly SchemaName[]> {
  if (QUERY.test(source)) return from.querySchemas(theOneConnection(selected, from), source);
  const origin = source === '-' ? 'stdin' : source;
  return parseSchemaNames(toNames(readList(source)), origin);
}

/** One name per line; blank lines, `#` comments and white space round a name are nothing, and each name counts once. */
export function toNames(text: string): readonly string[] {
  const names = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim());
  return [...new Set(names.filter((name) => name !== '' && !name.startsWith('#')))];
}

function theOneConnection(
  selected: readonly ConnectionName[],
  { connections }: Pick<Selecting, 'connections'>,
): ConnectionName {
  const candidates = selected.length > 0 ? selected : [...connections.keys()].sort();
  const [only, second] = candidates;
  if (only !== undefined && second === undefined) return only;
  throw usageError(
    `a query after --schemas-from is asked of one connection, and ${candidates.length} are selected: ${candidates.join(', ')}`,
    'say which with --connection NAME, or write the names to a file and give that',
  );
}

function readList(source: string): string {
  try {
    return source === '-' ? readFileSync(STDIN, 'utf8') : readNamedFile(source).toString('utf8');
  } catch (error) {
    throw new BfmError('request.invalid', {
      message: `the list of schemas ${source === '-' ? 'on stdin' : source} cannot be read: ${systemReason(error)}`,
      details: { where: { file: source } },
      next: 'give a file with one name per line, - for stdin, or a query that starts with SELECT, WITH or TABLE',
    });
  }
}
