import { isInsignificant, readSqlToken } from '../sql/sql-token.ts';

/** `[start, end)` in UTF-16 units. */
export type TextRange = readonly [start: number, end: number];

/** A script made fit for the parser. */
export interface MarkedScript {
  /** The text with each placeholder replaced by an identifier of exactly the same length in bytes. */
  readonly text: string;
  /** `[start, end)` of tokens (literals, bodies, quoted identifiers, comments) that hold a placeholder. */
  readonly literalsWithPlaceholder: readonly TextRange[];
  /** `[start, end)` of tokens of the same kinds that hold `:batch`. */
  readonly literalsWithBatch: readonly TextRange[];
  /** Where `:batch` stands as a value. Empty unless asked for. */
  readonly batches: readonly number[];
}

const PLACEHOLDER = /\{\{\.(connection|schema|backend|version)\}\}/gi;
const BATCH = /(?<!:):batch(?![A-Za-z0-9_$\u0080-\uffff])/g;
/** A parameter of the same length as `:batch`; the parser takes it wherever a value may stand. */
const BATCH_SENTINEL = '$00001';

const SENTINELS: Readonly<Record<string, string>> = {
  connection: '"bfmConnection"',
  schema: '"bfmSchema"',
  backend: '"bfmBackend"',
  version: '"bfmVersion"',
};

/** Whether a text holds, written out, what stands for a placeholder while parsing: then the two could be confused. */
export function holdsSentinel(text: string): boolean {
  return (
    text.includes(BATCH_SENTINEL) || Object.values(SENTINELS).some((sentinel) => text.includes(sentinel))
  );
}

/** Turns sentinels in a message of the parser back into what stands in the file. */
export function withPlaceholders(message: string): string {
  const names = message.replace(/"bfm(Connection|Schema|Backend|Version)"/g, '{{.$1}}');
  return names.replaceAll(BATCH_SENTINEL, ':batch');
}

/** Turns a name of the parser's tree back into the placeholder it stands for, or leaves it as it is. */
export function nameWithPlaceholders(name: string): string {
  return /^bfm(?:Connection|Schema|Backend|Version)$/.test(name) ? `{{.${name.slice(3)}}}` : name;
}

/**
 * Puts sentinels in the place of `{{.Connection}}`, `{{.Schema}}`, `{{.Backend}}`, `{{.Version}}` (any case) and, for a
 * backfill, of `:batch`, so that the parser sees identifiers and a parameter and every offset stays right.
 */
export function markPlaceholders(text: string, backfill: boolean): MarkedScript {
  const placeholders = text.includes('{{.')
    ? [...text.matchAll(PLACEHOLDER)].map((match) => match.index)
    : [];
  const batches = backfill ? [...text.matchAll(BATCH)].map((match) => match.index) : [];
  const literals = placeholders.length + batches.length === 0 ? [] : findLiterals(text);
  const literalsWithBatch = holding(literals, batches);
  const loose = batches.filter(
    (index) => !literalsWithBatch.some(([start, end]) => index >= start && index < end),
  );
  return {
    text: replaceBatches(
      text.replace(PLACEHOLDER, (whole, word: string) => SENTINELS[word.toLowerCase()] ?? whole),
      loose,
    ),
    literalsWithPlaceholder: holding(literals, placeholders),
    literalsWithBatch,
    batches: loose,
  };
}

function replaceBatches(text: string, batches: readonly number[]): string {
  let replaced = text;
  for (const index of batches) {
    replaced = replaced.slice(0, index) + BATCH_SENTINEL + replaced.slice(index + BATCH_SENTINEL.length);
  }
  return replaced;
}

function findLiterals(text: string): TextRange[] {
  const literals: TextRange[] = [];
  for (let index = 0; index < text.length;) {
    const { kind, start, end } = readSqlToken(text, index);
    const quoted = kind === 'string' || kind === 'dollar-string' || kind === 'quoted-identifier';
    if (quoted || (kind !== 'space' && isInsignificant(kind))) literals.push([start, end]);
    index = end;
  }
  return literals;
}

/** The literals that hold one of the indexes; both lists are in ascending order. */
function holding(literals: readonly TextRange[], indexes: readonly number[]): TextRange[] {
  const found: TextRange[] = [];
  let next = 0;
  for (const literal of literals) {
    const [start, end] = literal;
    while ((indexes[next] ?? Infinity) < start) next += 1;
    if ((indexes[next] ?? Infinity) < end) found.push(literal);
  }
  return found;
}
