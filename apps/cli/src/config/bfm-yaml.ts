import { isUtf8 } from 'node:buffer';
import type { Fault, Where } from '@bfm/core';
import type { ConfigDocument, ConfigEntry, ConfigMapping, ConfigNode, Scalar } from '@bfm/service';
import {
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  type YAMLError,
  type Document,
  type ErrorCode,
  type Pair,
  type ParsedNode,
} from 'yaml';

const BYTES_MAX = 1024 * 1024;
const NESTING_MAX = 20;

/**
 * Reads the YAML of a configuration. Values are left as they are; names may be given once only, and anchors, aliases and
 * tags are refused: what a file says is what is written there.
 *
 * @param file how faults name it
 */
export function readBfmYaml(bytes: Uint8Array, file: string): ConfigDocument {
  const refuse = (message: string, mend: string): ConfigDocument => ({
    file,
    root: null,
    faults: [{ code: 'config.invalid', message: `${file} ${message}`, where: { file }, mend }],
  });
  if (bytes.length > BYTES_MAX) {
    return refuse('is larger than 1 MiB', 'a configuration has a few hundred lines at most');
  }
  if (!isUtf8(bytes)) return refuse('is not UTF-8', 'save it as UTF-8');
  const text = new TextDecoder('utf-8').decode(bytes);
  if (text.includes('\0')) return refuse('holds a NUL character', 'save it as text');
  if (deepestIndent(text) > NESTING_MAX) {
    return refuse(
      `nests brackets more than ${NESTING_MAX} deep`,
      'a configuration is four levels deep at most',
    );
  }
  return new YamlReading(text, file).read();
}

/** How deep brackets are open at once; the parser calls itself for each, and its stack has an end. */
function deepestIndent(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

class YamlReading {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #faults: Fault[] = [];

  constructor(text: string, file: string) {
    this.#file = file;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      // 1.2, where `no` is a word and 012 is twelve; a merge key is a key like any other.
      version: '1.2',
      schema: 'core',
      merge: false,
      strict: true,
      uniqueKeys: true,
      stringKeys: false,
      logLevel: 'error',
    });
  }

  read(): ConfigDocument {
    const { errors, warnings, contents } = this.#document;
    for (const error of [...errors, ...warnings]) this.#syntaxFault(error);
    const isReadable = errors.every(({ code }) => code === 'DUPLICATE_KEY');
    const root = isReadable && contents !== null ? this.#root(contents) : null;
    return { file: this.#file, root, faults: this.#faults };
  }

  #root(contents: ParsedNode): ConfigMapping | null {
    if (isScalar(contents) && contents.value === null) return null;
    const node = this.#node(contents);
    if (node?.kind === 'mapping') return node;
    if (node !== null) {
      this.#fault(
        this.#where(contents),
        'holds no names',
        'write for example connections: below which core: stands, indented',
      );
    }
    return null;
  }

  #node(node: ParsedNode): ConfigNode | null {
    const where = this.#where(node);
    const mark = markOn(node);
    if (mark !== null) return this.#fault(where, ...mark);
    if (isMap(node)) {
      const entries = node.items.map((pair) => this.#entry(pair)).filter((entry) => entry !== null);
      return { kind: 'mapping', where, entries: withoutRepeats(entries) };
    }
    if (!isScalar(node)) return { kind: 'list', where };
    const { value } = node;
    if (isPlain(value)) return { kind: 'scalar', where, value };
    return this.#fault(where, 'holds a value of a kind no setting has', 'write it in quotes');
  }

  #entry({ key, value }: Pair<ParsedNode, ParsedNode | null>): ConfigEntry | null {
    const where = this.#where(key);
    if (!isScalar(key) || markOn(key) !== null) {
      return this.#fault(where, 'holds a name that is not a word', 'write name: value');
    }
    const node = value === null ? ({ kind: 'scalar', where, value: null } as const) : this.#node(value);
    return node === null ? null : { key: key.source, where, value: node };
  }

  #where(node: ParsedNode): Where {
    return this.#whereAt(node.range[0]);
  }

  #whereAt(offset: number): Where {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line, column: col };
  }

  #syntaxFault(error: YAMLError): void {
    const [what, mend] = SYNTAX[error.code] ?? ['cannot be read as YAML here', QUOTES];
    this.#fault(this.#whereAt(error.pos[0]), what, mend);
  }

  #fault(where: Where, what: string, mend: string): null {
    const known = this.#faults.some(
      (fault) => fault.where.line === where.line && fault.where.column === where.column,
    );
    const message = `line ${where.line ?? 1} of ${this.#file} ${what}`;
    // One slip often makes the parser stumble several times in one place.
    if (!known) this.#faults.push({ code: 'config.invalid', message, where, mend });
    return null;
  }
}

/** What makes a value say something that is not written there. */
function markOn(node: ParsedNode): [what: string, mend: string] | null {
  if (isAlias(node)) return ['holds an alias', 'write the value itself; one that begins with * needs quotes'];
  if (node.anchor !== undefined) {
    return ['holds an anchor', 'leave it out; a value that begins with & needs quotes'];
  }
  if (node.tag !== undefined && node.tag !== '') {
    return ['holds a tag', 'leave it out; a value that begins with ! needs quotes'];
  }
  return null;
}

function isPlain(value: unknown): value is Scalar | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function withoutRepeats(entries: readonly ConfigEntry[]): readonly ConfigEntry[] {
  return entries.filter(({ key }, index) => entries.findIndex((entry) => entry.key === key) === index);
}

const QUOTES = "check the indentation; put values that hold : or # or begin with a sign in 'quotes'";

/** What the parser's codes mean, in words of ours: its own repeat what stands there, which may be a secret. */
const SYNTAX: Partial<Readonly<Record<ErrorCode, readonly [string, string]>>> = {
  DUPLICATE_KEY: ['gives a name a second time', 'keep one of them'],
  TAB_AS_INDENT: ['is indented with a tab', 'indent with spaces'],
  BAD_INDENT: [
    'is indented otherwise than its neighbours, or something before it is not closed',
    'indent what belongs together by the same number of spaces',
  ],
  BAD_SCALAR_START: [
    'has a value that begins with a sign YAML keeps for itself',
    "put the value in 'quotes'",
  ],
  BAD_DQ_ESCAPE: ['has a \\ in "double quotes" that begins no escape', "put the value in 'single quotes'"],
  BAD_ALIAS: ['holds an alias to nothing', 'write the value itself; one that begins with * needs quotes'],
  TAG_RESOLVE_FAILED: ['holds a tag', 'leave it out; a value that begins with ! needs quotes'],
  MISSING_CHAR: ['ends before something that was opened is closed, or lacks a :', QUOTES],
  MULTIPLE_DOCS: ['begins a second document', 'keep one; --- separates documents'],
  MULTILINE_IMPLICIT_KEY: [
    'has a name without a : behind it',
    'write name: value, with a space behind the colon',
  ],
  BLOCK_AS_IMPLICIT_KEY: ['has a second : in a value', "put values that hold a : and a space in 'quotes'"],
  UNEXPECTED_TOKEN: ['holds something that cannot stand there', QUOTES],
};
