import { didYouMean } from '@bfm/core';
import { choice, type Reading, type ValueType } from './value-types.ts';

const LEVELS = ['error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** How serious a line of the log is. */
export type LogLevel = (typeof LEVELS)[number];

/** The parts of a server that say something, by the names that lines carry. */
export const LOG_MODULES = [
  'auto_migrate',
  'config',
  'grpc',
  'http',
  'migrations',
  'runs',
  'server',
  'state',
  'traces',
  'worker',
] as const;

/** One of them. */
export type LogModule = (typeof LOG_MODULES)[number];

/** The least serious lines that are logged. */
export interface LogLevels {
  readonly level: LogLevel;
  /** Of modules that differ. */
  readonly levels: Readonly<Partial<Record<LogModule, LogLevel>>>;
}

/** How lines of the log are written. */
export type LogFormat = 'json' | 'text';

const LEVEL = choice(LEVELS, new Map([['warning', '; did you mean warn?']]));

/** `info`, or `info,http=warn,runs=debug`; the older BFM writes levels in upper case. */
export const LOG_LEVELS: ValueType<LogLevels> = {
  description: `one of ${LEVELS.join(', ')}, and others for modules`,
  schema: { type: 'string', pattern: toPattern() },
  read: (text) => {
    const [first = '', ...others] = text
      .toLowerCase()
      .split(',')
      .map((part) => part.trim());
    const isAlone = !first.includes('=');
    const level = isAlone ? LEVEL.read(first) : ({ ok: true, value: 'info' } as const);
    if (!level.ok) return level;
    const levels: Partial<Record<LogModule, LogLevel>> = {};
    for (const part of isAlone ? others : [first, ...others]) {
      const own = readModule(part);
      if (!own.ok) return own;
      levels[own.value.module] = own.value.level;
    }
    return { ok: true, value: { level: level.value, levels } };
  },
};

function readModule(part: string): Reading<{ readonly module: LogModule; readonly level: LogLevel }> {
  const [name = '', written = ''] = part.split('=').map((word) => word.trim());
  const module = LOG_MODULES.find((known) => known === name);
  if (module === undefined) {
    const reason = `a part of it names no module; these are ${LOG_MODULES.join(', ')}${didYouMean(name, LOG_MODULES)}`;
    return { ok: false, reason };
  }
  const level = LEVEL.read(written);
  return level.ok ? { ok: true, value: { module, level: level.value } } : level;
}

const FORMATS: ValueType<LogFormat> = choice(['json', 'text']);
const FORMAT_WORDS = ['json', 'text', 'plain', 'plaintext'];

/** The older BFM has three words for text, and writes them in any case. */
export const LOG_FORMAT: ValueType<LogFormat> = {
  ...FORMATS,
  schema: { type: 'string', pattern: `^(?:${FORMAT_WORDS.map(caseless).join('|')})$` },
  read: (text) => FORMATS.read(text.toLowerCase().replace(/^plain(?:text)?$/, 'text')),
};

function toPattern(): string {
  const level = `(?:${LEVELS.map(caseless).join('|')})`;
  const own = `(?:${LOG_MODULES.map(caseless).join('|')}) *= *${level}`;
  return `^ *(?:${level}|${own})(?: *, *${own})* *$`;
}

function caseless(word: string): string {
  return word.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}
