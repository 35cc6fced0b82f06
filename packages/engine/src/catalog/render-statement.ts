import { BfmError, quoteIdentifier } from '@bfm/core';

/** What the placeholders of a statement stand for on one target. */
export interface PlaceholderValues {
  readonly connection: string;
  readonly schema: string;
  readonly backend: string;
  readonly version: string;
}

/** The name of a placeholder, as in `{{.Schema}}`. */
export type PlaceholderName = keyof PlaceholderValues;

const PLACEHOLDER = /\{\{\.(connection|schema|backend|version)\}\}/gi;
const PLAIN_NAME = /^[A-Za-z0-9_]+$/;

/**
 * Fills the four placeholders of a statement, in any case of letters, each with its value as a quoted identifier. Any
 * other `{{` is plain text. Values are put in once: a value that looks like a placeholder stays as it is.
 *
 * @param placeholderInLiteral whether a placeholder of the script stands inside a string, a dollar-quoted body or a
 *   quoted identifier, where quoting cannot make every name safe.
 * @throws BfmError `migration.placeholder_unsafe` when `placeholderInLiteral` and a value that is used holds anything
 *   but ASCII letters, digits and `_`.
 * @throws Error when a value is empty or holds NUL.
 */
export function renderStatement(
  text: string,
  values: PlaceholderValues,
  placeholderInLiteral: boolean,
): string {
  // Most statements hold no placeholder; tenants by the thousand make the difference felt.
  if (!text.includes('{{.')) return text;
  return text.replace(PLACEHOLDER, (placeholder, word: string) => {
    const value = values[word.toLowerCase() as PlaceholderName];
    if (placeholderInLiteral && !isPlainName(value)) throw unsafe(placeholder, value);
    return quoteIdentifier(value);
  });
}

/** The placeholders of a text, as often as they stand in it. */
export function placeholdersIn(text: string): readonly PlaceholderName[] {
  if (!text.includes('{{.')) return [];
  return [...text.matchAll(PLACEHOLDER)].map(([, word = '']) => word.toLowerCase() as PlaceholderName);
}

/** Whether a name is safe wherever it is filled in, even inside of a text. */
export function isPlainName(value: string): boolean {
  return PLAIN_NAME.test(value);
}

/** Fills the placeholders of a bare name, as the catalog knows it: unquoted. */
export function renderName(name: string, values: PlaceholderValues): string {
  return name.replace(PLACEHOLDER, (_, word: string) => values[word.toLowerCase() as PlaceholderName]);
}

// A cast (`::batch`) is none; the compiler has refused `:batch` inside of texts.
const BATCH = /(?<!:):batch(?![A-Za-z0-9_$\u0080-\uffff])/g;

/** Fills `:batch` of a backfill with the number of rows. */
export function renderBatch(text: string, rows: number): string {
  return text.replace(BATCH, String(rows));
}

function unsafe(placeholder: string, value: string): BfmError {
  return new BfmError('migration.placeholder_unsafe', {
    message: `${placeholder} stands inside a text or function body, where the name ${JSON.stringify(value)} could end it; nothing was sent`,
    details: { placeholder, value },
    next: `move ${placeholder} out of the quotes, or use names of letters, digits and _ only`,
  });
}
