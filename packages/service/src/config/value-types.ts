import {
  BACKENDS,
  didYouMean,
  isBackendName,
  parseConnectionName,
  parseDuration,
  parseSchemaName,
  type BackendName,
  type ConnectionName,
  type SchemaName,
} from '@bfm/core';

/** A single value as bfm.yaml holds it. */
export type Scalar = string | number | boolean;

/** What reading a value gives: the value, or why it cannot be used. The reason never repeats what was written. */
export type Reading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** A kind of value: how it is read, and how others are told what it may be. */
export interface ValueType<T> {
  /** For people, in a table: `a whole number from 1 to 9999`. */
  readonly description: string;
  /** What bfm.yaml holds for it, as JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>> & { readonly type: 'string' | 'integer' | 'boolean' };
  /** Reads what a variable holds, or a value of bfm.yaml written out as text. */
  readonly read: (text: string) => Reading<T>;
}

/** Texts that are read without a look inside; NUL ends texts for half of the world, so it is refused. */
export const TEXT: ValueType<string> = {
  description: 'text',
  schema: { type: 'string', minLength: 1 },
  read: (text) => {
    if (text === '') return { ok: false, reason: 'it is empty' };
    return text.includes('\0')
      ? { ok: false, reason: 'it holds a NUL character' }
      : { ok: true, value: text };
  },
};

/** The path of a file or folder. */
export const PATH: ValueType<string> = { ...TEXT, description: 'path' };

/** The kind of a store. */
export const BACKEND: ValueType<BackendName> = {
  description: `one of ${BACKENDS.join(', ')}`,
  schema: { type: 'string', enum: BACKENDS },
  read: (text) =>
    isBackendName(text)
      ? { ok: true, value: text }
      : { ok: false, reason: `it is none of ${BACKENDS.join(', ')}${didYouMean(text, BACKENDS)}` },
};

/** One of some words; `others` tells those who wrote a word of another tool what to write instead. */
export function choice<const W extends string>(
  words: readonly W[],
  others: ReadonlyMap<string, string> = new Map(),
): ValueType<W> {
  return {
    description: `one of ${words.join(', ')}`,
    schema: { type: 'string', enum: words },
    read: (text) => {
      const value = words.find((word) => word === text);
      if (value !== undefined) return { ok: true, value };
      const hint = others.get(text) ?? didYouMean(text, words);
      return { ok: false, reason: `it is none of ${words.join(', ')}${hint}` };
    },
  };
}

/** A whole number within bounds. */
export function wholeNumber(minimum: number, maximum: number): ValueType<number> {
  return {
    description: `whole number from ${minimum} to ${maximum}`,
    schema: { type: 'integer', minimum, maximum },
    read: (text) => {
      const value = /^(?:0|[1-9]\d{0,8})$/.test(text) ? Number(text) : Number.NaN;
      return value >= minimum && value <= maximum
        ? { ok: true, value }
        : { ok: false, reason: `it is not a whole number from ${minimum} to ${maximum}` };
    },
  };
}

const YES: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on']);
const NO: ReadonlySet<string> = new Set(['false', '0', 'no', 'off']);

/** Yes or no. Variables may say it in several words, bfm.yaml only as true and false. */
export const YES_NO: ValueType<boolean> = {
  description: 'true or false',
  schema: { type: 'boolean' },
  read: (text) => {
    const word = text.toLowerCase();
    if (YES.has(word)) return { ok: true, value: true };
    return NO.has(word) ? { ok: true, value: false } : { ok: false, reason: 'it is neither true nor false' };
  },
};

const DURATION_PATTERN = '[0-9]{1,12}[ \\t]*(?:ms|s|min|h)';

/** A time with its unit, in milliseconds. */
export const DURATION: ValueType<number> = {
  description: 'time: `500ms`, `10s`, `5min`, `1h`',
  schema: { type: 'string', pattern: `^${DURATION_PATTERN}$` },
  read: readDuration,
};

/** A time, or `none` for no limit, which is 0. */
export const DURATION_OR_NONE: ValueType<number> = {
  description: 'time: `500ms`, `10s`, `5min`, `1h`, or `none`',
  schema: { type: 'string', pattern: `^(?:none|${DURATION_PATTERN})$` },
  read: (text) => (text === 'none' ? { ok: true, value: 0 } : readDuration(text)),
};

/** A time of at least one second. */
export const SECONDS: ValueType<number> = {
  description: 'time of at least a second: `1s`, `30s`, `5min`',
  schema: { type: 'string', pattern: '^0{0,3}[1-9][0-9]{0,8}(?:000[ \\t]*ms|[ \\t]*(?:s|min|h))$' },
  read: (text) => {
    const reading = readDuration(text);
    if (!reading.ok || reading.value >= 1000) return reading;
    return { ok: false, reason: 'it is shorter than 1 s' };
  },
};

function readDuration(text: string): Reading<number> {
  const result = parseDuration(text);
  if (result.ok) return result;
  // The mend of a duration may repeat its digits; this one is the same for all.
  return { ok: false, reason: `${result.reason} (a whole number and its unit are: 500ms, 2s, 10min, 1h)` };
}

/** The name of a schema. */
export const SCHEMA_NAME: ValueType<SchemaName> = {
  description: 'name of a schema',
  schema: { type: 'string', minLength: 1 },
  read: (text) => {
    const result = parseSchemaName(text);
    return result.ok ? { ok: true, value: result.name } : result;
  },
};

/** The name of a connection. */
export const CONNECTION_NAME: ValueType<ConnectionName> = {
  description: 'name of a connection',
  schema: { type: 'string', pattern: '^[a-z][a-z0-9_-]*$', maxLength: 63 },
  read: (text) => {
    const result = parseConnectionName(text);
    return result.ok ? { ok: true, value: result.name } : result;
  },
};
