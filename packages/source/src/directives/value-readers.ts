import {
  IDENTIFIER_BYTES_MAX,
  parseConnectionName,
  parseSchemaName,
  utf8Length,
  isTagKey,
  didYouMean,
} from '@bfm/core';
import type { ConnectionName, RequiredTable, SchemaName, ValueResult } from '@bfm/core';

/** The largest number of rows a backfill may change in one transaction. */
const BATCH_SIZE_MAX = 1_000_000;

/** Where a dependency points, before it is looked up. */
export interface DependencyTarget {
  readonly connection: ConnectionName | null;
  readonly target: string;
}

const PART = /(?:"((?:[^"]|"")+)"|([^".\s]+))/y;

/** Reads the schema a migration is fixed to. */
export function readSchema(text: string): ValueResult<SchemaName> {
  const result = parseSchemaName(text);
  if (result.ok) return { ok: true, value: result.name };
  return { ok: false, reason: result.reason, mend: 'write the name as it is, without quotes' };
}

/** Reads `name`, `version`, a whole id, or one of them after `connection/`. */
export function readDependency(text: string): ValueResult<DependencyTarget> {
  const mend =
    'write a name, a version or an id, after `connection/` when it is in another one: core/create_users';
  const slash = text.indexOf('/');
  const target = text.slice(slash + 1);
  if (target === '' || target.includes('/') || /\s/.test(target)) {
    return { ok: false, reason: 'it names no migration', mend };
  }
  if (slash < 0) return { ok: true, value: { connection: null, target } };
  const connection = parseConnectionName(text.slice(0, slash));
  if (!connection.ok) return { ok: false, reason: connection.reason, mend };
  return { ok: true, value: { connection: connection.name, target } };
}

/** Reads `table` or `schema.table`; names with a dot, comma or space are double-quoted. */
export function readTable(text: string): ValueResult<RequiredTable> {
  const parts = readNameParts(text);
  const [first, second, third] = parts ?? [];
  if (first === undefined || third !== undefined) {
    return { ok: false, reason: 'it is no table name', mend: 'write table or schema.table' };
  }
  const value = second === undefined ? { schema: null, table: first } : { schema: first, table: second };
  return { ok: true, value };
}

/** Reads the name of a schema that must exist. */
export function readRequiredSchema(text: string): ValueResult<string> {
  const [name, more] = readNameParts(text) ?? [];
  if (name !== undefined && more === undefined) return { ok: true, value: name };
  return {
    ok: false,
    reason: 'it is no schema name',
    mend: 'write the name; double-quote one with a dot in it',
  };
}

/** Reads `key=value`. */
export function readTag(text: string): ValueResult<readonly [string, string]> {
  const at = text.indexOf('=');
  const key = text.slice(0, Math.max(0, at)).trim();
  const value = text.slice(at + 1).trim();
  if (isTagKey(key) && value !== '') return { ok: true, value: [key, value] };
  return {
    ok: false,
    reason: 'a tag is key=value',
    mend: 'write tags as in `tags=tier=critical, team=billing`',
  };
}

/** Reads how a file is wrapped: `none`, or `per-migration`, which is what it is without the directive. */
export function readTransaction(text: string): ValueResult<'per-migration' | 'none'> {
  if (text === 'none' || text === 'per-migration') return { ok: true, value: text };
  return {
    ok: false,
    reason: `there is no such mode${didYouMean(text, ['none', 'per-migration'])}`,
    mend: 'write transaction=none, or take the directive away for one transaction round the file',
  };
}

/** Reads the rows per transaction of a backfill. */
export function readBatch(text: string): ValueResult<number> {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= BATCH_SIZE_MAX) return { ok: true, value };
  return {
    ok: false,
    reason: 'it is no number of rows',
    mend: `write a whole number from 1 to ${BATCH_SIZE_MAX}, as in batch=5000`,
  };
}

/** Reads dot-separated names; `null` when the text is anything else or a name is longer than PostgreSQL keeps. */
function readNameParts(text: string): string[] | null {
  const parts: string[] = [];
  for (let index = 0; ; index += 1) {
    PART.lastIndex = index;
    const match = PART.exec(text);
    if (match === null) return null;
    const name = match[1]?.replaceAll('""', '"') ?? match[2] ?? '';
    if (name.includes('\0') || utf8Length(name) > IDENTIFIER_BYTES_MAX) return null;
    parts.push(name);
    index = PART.lastIndex;
    if (index === text.length) return parts;
    if (text.charAt(index) !== '.') return null;
  }
}
