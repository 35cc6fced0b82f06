import { choice, SECONDS, type ValueType } from './value-types.ts';

/** The levels of the log, most serious first. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** One of them. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How lines of the log are written. */
export type LogFormat = 'json' | 'text';

/** The older BFM writes levels in upper case. */
export const LOG_LEVEL: ValueType<LogLevel> = lowerCased(
  choice(LOG_LEVELS, new Map([['warning', '; did you mean warn?']])),
);

const FORMATS: ValueType<LogFormat> = choice(['json', 'text']);

/** The older BFM has three words for text. */
export const LOG_FORMAT: ValueType<LogFormat> = lowerCased({
  ...FORMATS,
  schema: { type: 'string', enum: ['json', 'text', 'plain', 'plaintext'] },
  read: (text) => FORMATS.read(/^plain(?:text)?$/.test(text) ? 'text' : text),
});

const LEASE_MS_MAX = 3_600_000;

/** How long a lease may be; one that lasts for days in the state is a clock gone wrong. */
export const LEASE: ValueType<number> = {
  ...SECONDS,
  description: 'time of a second to an hour: `15s`, `5min`',
  read: (text) => {
    const reading = SECONDS.read(text);
    if (!reading.ok || reading.value <= LEASE_MS_MAX) return reading;
    return { ok: false, reason: 'it is longer than 1 h' };
  },
};

/** Several texts with commas between them; at least one. */
export const LIST: ValueType<readonly string[]> = {
  description: 'list with commas',
  schema: { type: 'string', minLength: 1, pattern: '[^, \\t]' },
  read: (text) => {
    const items = text.split(',').map((item) => item.trim());
    const named = items.filter((item) => item !== '');
    return named.length > 0 && !text.includes('\0')
      ? { ok: true, value: named }
      : { ok: false, reason: 'nothing is listed' };
  },
};

function lowerCased<T>(type: ValueType<T>): ValueType<T> {
  return {
    ...type,
    schema: { type: 'string', pattern: caseless(type.schema['enum'] as readonly string[]) },
    read: (text) => type.read(text.toLowerCase()),
  };
}

function caseless(words: readonly string[]): string {
  const letters = (word: string): string =>
    [...word].map((letter) => `[${letter.toUpperCase()}${letter}]`).join('');
  return `^(?:${words.map(letters).join('|')})$`;
}
