/**
 * Quotes an SQL identifier: the only way a name gets into SQL text. Always quotes, doubles inner quotes.
 *
 * @throws Error when the name holds NUL or is empty, which no quoting can make legal; parsers refuse such names first.
 */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) throw new Error('an identifier is neither empty nor holds NUL');
  return `"${name.replaceAll('"', '""')}"`;
}
