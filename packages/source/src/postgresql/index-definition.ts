import { isInsignificant, readSqlToken, type SqlToken } from '../sql/sql-token.ts';

/**
 * Where in `CREATE INDEX ... ON table USING btree (...) WHERE ...` begins what stands behind the table's name: all that an
 * index is but its name, its table and its uniqueness.
 *
 * @param text the statement, with names where placeholders are
 * @returns `null` when the table is named in a way that is not worth understanding, as in `ON ONLY (items)`
 */
export function indexDefinitionStart(text: string): number | null {
  const tokens = significantTokens(text);
  const word = (at: number): string => text.slice(tokens[at]?.start ?? 0, tokens[at]?.end ?? 0);
  const on = tokens.findIndex(({ kind }, at) => kind === 'word' && /^on$/i.test(word(at)));
  let at = on + (/^only$/i.test(word(on + 1)) ? 2 : 1);
  while (word(at + 1) === '.') at += 2;
  const table = tokens[at];
  const isName = table?.kind === 'word' || table?.kind === 'quoted-identifier';
  return on < 0 || !isName || word(at + 1) === '*' ? null : table.end;
}

function significantTokens(text: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let index = 0; index < text.length;) {
    const token = readSqlToken(text, index);
    if (!isInsignificant(token.kind)) tokens.push(token);
    index = token.end;
  }
  return tokens;
}
