import { toFaultsError, type Fault } from '@bfm/core';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

/** What the right side of a line gives: a value, or why it has none. */
type ValueResult =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: string };

/**
 * Reads lines of `NAME=value`. Empty lines, `#` comments and a leading `export` are fine; 'single' quotes keep a value
 * as it is, in "double" quotes `\n`, `\t`, `\"`, `\\` and `\$` are escapes. Values stay on one line; nothing is expanded.
 *
 * @param file how faults name it
 * @throws {config.invalid} with all faulty lines; values are never shown, they may be secrets
 */
export function parseEnvFile(text: string, file: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  const faults: Fault[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const fault = readLine(line.trim(), variables);
    if (fault !== null) faults.push(toFault(fault, file, index + 1));
  }
  const [first, ...rest] = faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
  return variables;
}

function readLine(line: string, variables: Record<string, string>): string | null {
  if (line === '' || line.startsWith('#')) return null;
  const equals = line.indexOf('=');
  if (equals === -1) return 'it has no =';
  const name = line
    .slice(0, equals)
    .replace(/^export\s+/, '')
    .trim();
  if (!NAME.test(name)) return 'what stands before = is no name of a variable';
  const result = readValue(line.slice(equals + 1).trim());
  if (!result.ok) return result.reason;
  variables[name] = result.value;
  return null;
}

function readValue(text: string): ValueResult {
  if (text.startsWith("'")) return readQuoted(text, /^'([^']*)'(.*)$/, (value) => value);
  if (text.startsWith('"')) return readQuoted(text, /^"((?:[^"\\]|\\.)*)"(.*)$/, unescape);
  // As in a shell, only a # after white space begins a comment: a URL may hold one.
  return { ok: true, value: text.replace(/(^|\s)#.*$/, '').trim() };
}

function readQuoted(text: string, pattern: RegExp, toValue: (inner: string) => string): ValueResult {
  const match = pattern.exec(text);
  if (match === null) return { ok: false, reason: 'its quote is not closed on the same line' };
  const [, inner = '', rest = ''] = match;
  if (rest !== '' && !/^\s+#|^\s*$/.test(rest)) {
    return { ok: false, reason: 'something follows the closing quote' };
  }
  return { ok: true, value: toValue(inner) };
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (whole, character: string) => ESCAPES[character] ?? whole);
}

function toFault(reason: string, file: string, line: number): Fault {
  return {
    code: 'config.invalid',
    message: `line ${line} of ${file} cannot be read: ${reason}`,
    where: { file, line },
    mend: 'write NAME=value, with quotes round values that hold spaces or #',
  };
}
