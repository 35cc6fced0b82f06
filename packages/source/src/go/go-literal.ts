import type { GoToken } from './go-token.ts';

/** A struct literal with keyed fields, such as `{ Schema: "core", Tags: []string{"a=b"} }`. */
export interface GoStruct {
  readonly index: number;
  readonly fields: ReadonlyMap<string, GoValue>;
}

/** The tokens of one field's value, without the comma after it. */
export interface GoValue {
  readonly index: number;
  readonly tokens: readonly GoToken[];
}

/** String constants of a file by name, from `const x = "..."` and `var x = "..."`, alone or in a group. */
export type GoConstants = ReadonlyMap<string, string>;

const OPEN = new Set(['(', '[', '{']);
const CLOSE = new Set([')', ']', '}']);

/** Finds the outermost struct literals with keyed fields. Anything else of Go is passed over. */
export function findStructs(tokens: readonly GoToken[]): GoStruct[] {
  const structs: GoStruct[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    if (!opensStruct(tokens, at)) continue;
    const end = closing(tokens, at);
    const struct = toStruct(tokens, at, end);
    if (struct === null) continue;
    structs.push(struct);
    at = end;
  }
  return structs;
}

/** Finds names that stand for string literals. */
export function findConstants(tokens: readonly GoToken[]): GoConstants {
  const constants = new Map<string, string>();
  tokens.forEach((token, at) => {
    const value = tokens[at + 2];
    if (token.kind !== 'name' || !isSymbol(tokens[at + 1], '=') || value?.kind !== 'string') return;
    const joins = isSymbol(tokens[at + 3], '+');
    if (!joins) constants.set(token.text, value.text);
  });
  return constants;
}

/** Reads a string: literals and constants joined by `+`; `null` when it is anything else. */
export function readGoString(value: GoValue, constants: GoConstants): string | null {
  let text = '';
  for (let at = 0; at < value.tokens.length; at += 2) {
    const part = readPart(value.tokens[at], constants);
    if (part === null) return null;
    text += part;
    const joint = value.tokens[at + 1];
    if (joint !== undefined && (!isSymbol(joint, '+') || at + 2 >= value.tokens.length)) return null;
  }
  return value.tokens.length === 0 ? null : text;
}

/** Reads `[]string{...}`, or `nil` as an empty list; `null` when it is anything else. */
export function readGoStrings(
  value: GoValue,
  constants: GoConstants,
): { readonly text: string; readonly index: number }[] | null {
  const items = readGoItems(value);
  if (items === null) return null;
  const strings = [];
  for (const item of items) {
    const text = readGoString(item, constants);
    if (text === null) return null;
    strings.push({ text, index: item.index });
  }
  return strings;
}

/** Reads a slice of struct literals, their type written or left out; `null` when it is anything else. */
export function readGoStructs(value: GoValue): GoStruct[] | null {
  const items = readGoItems(value);
  if (items === null) return null;
  const structs = [];
  for (const { tokens } of items) {
    const open = tokens.findIndex((token) => isSymbol(token, '{'));
    const struct = open < 0 ? null : toStruct(tokens, open, closing(tokens, open));
    if (struct === null) return null;
    structs.push(struct);
  }
  return structs;
}

/** The items of a slice literal; `nil` has none; `null` when the value is no slice literal. */
function readGoItems({ tokens }: GoValue): GoValue[] | null {
  if (tokens.length === 1 && tokens[0]?.text === 'nil' && tokens[0].kind === 'name') return [];
  const open = tokens.findIndex((token) => isSymbol(token, '{'));
  if (open < 0 || !isSymbol(tokens[0], '[')) return null;
  return splitAtCommas(tokens.slice(open + 1, closing(tokens, open)));
}

function readPart(token: GoToken | undefined, constants: GoConstants): string | null {
  if (token?.kind === 'string') return token.text;
  return token?.kind === 'name' ? (constants.get(token.text) ?? null) : null;
}

function opensStruct(tokens: readonly GoToken[], at: number): boolean {
  return isSymbol(tokens[at], '{') && tokens[at + 1]?.kind === 'name' && isKeyColon(tokens, at + 2);
}

/** A colon that is not the first half of `:=`. */
function isKeyColon(tokens: readonly GoToken[], at: number): boolean {
  return isSymbol(tokens[at], ':') && !isSymbol(tokens[at + 1], '=');
}

function toStruct(tokens: readonly GoToken[], open: number, end: number): GoStruct | null {
  const fields = new Map<string, GoValue>();
  for (const { tokens: field } of splitAtCommas(tokens.slice(open + 1, end))) {
    const [name, colon, ...value] = field;
    if (name?.kind !== 'name' || !isSymbol(colon, ':')) return null;
    fields.set(name.text, { index: value[0]?.index ?? name.index, tokens: value });
  }
  return { index: tokens[open]?.index ?? 0, fields };
}

function splitAtCommas(tokens: readonly GoToken[]): GoValue[] {
  const values: GoValue[] = [];
  let current: GoToken[] = [];
  let depth = 0;
  for (const token of tokens) {
    depth += depthOf(token);
    if (depth === 0 && isSymbol(token, ',')) {
      values.push(toValue(current));
      current = [];
    } else {
      current.push(token);
    }
  }
  if (current.length > 0) values.push(toValue(current));
  return values;
}

function toValue(tokens: readonly GoToken[]): GoValue {
  return { index: tokens[0]?.index ?? 0, tokens };
}

/** The position of the bracket that closes the one at `open`; the end of the tokens when there is none. */
function closing(tokens: readonly GoToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token !== undefined) depth += depthOf(token);
    if (depth === 0) return at;
  }
  return tokens.length;
}

function depthOf(token: GoToken): number {
  if (token.kind !== 'symbol') return 0;
  if (OPEN.has(token.text)) return 1;
  return CLOSE.has(token.text) ? -1 : 0;
}

function isSymbol(token: GoToken | undefined, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text;
}
