/** A JSON value that knows where it stands (`index`: UTF-16). */
export type JsonValue = JsonObject | JsonArray | JsonString | JsonScalar;

/** An object; members in the order of the text, repeated keys included. */
export interface JsonObject {
  readonly kind: 'object';
  readonly index: number;
  readonly members: readonly JsonMember[];
}

/** One member of an object. */
export interface JsonMember {
  readonly key: string;
  readonly keyIndex: number;
  readonly value: JsonValue;
}

/** An array. */
export interface JsonArray {
  readonly kind: 'array';
  readonly index: number;
  readonly items: readonly JsonValue[];
}

/** A string, decoded. */
export interface JsonString {
  readonly kind: 'string';
  readonly index: number;
  readonly value: string;
}

/** A number, `true`, `false` or `null`, as its text stands. */
export interface JsonScalar {
  readonly kind: 'number' | 'boolean' | 'null';
  readonly index: number;
  readonly text: string;
}

/** What parsing gives: the value, or what stands in the way of reading on. */
export type JsonResult =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly index: number; readonly message: string };

/** Deeper nesting than this is refused. */
const JSON_DEPTH_MAX = 100;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;
const STRING_EDGE = /["\\\u0000-\u001f]/g;

/** Parses JSON (RFC 8259) keeping places and repeated keys, both of which `JSON.parse` loses. Never throws. */
export function parseJson(text: string): JsonResult {
  try {
    return { ok: true, value: new JsonReader(text).readDocument() };
  } catch (error) {
    if (error instanceof JsonFault) return { ok: false, index: error.index, message: error.message };
    throw error;
  }
}

class JsonFault extends Error {
  readonly index: number;

  constructor(index: number, message: string) {
    super(message);
    this.index = index;
  }
}

class JsonReader {
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): JsonValue {
    const value = this.#readValue(0);
    this.#skipSpace();
    if (this.#index < this.#text.length) throw new JsonFault(this.#index, 'something follows the JSON value');
    return value;
  }

  #readValue(depth: number): JsonValue {
    this.#skipSpace();
    if (depth > JSON_DEPTH_MAX) throw new JsonFault(this.#index, `nested more than ${JSON_DEPTH_MAX} deep`);
    switch (this.#text.charAt(this.#index)) {
      case '{':
        return this.#readObject(depth);
      case '[':
        return this.#readArray(depth);
      case '"':
        return this.#readString();
      default:
        return this.#readScalar();
    }
  }

  #readObject(depth: number): JsonObject {
    const index = this.#index;
    const members: JsonMember[] = [];
    this.#readList('}', () => {
      const key = this.#readString();
      this.#expect(':');
      members.push({ key: key.value, keyIndex: key.index, value: this.#readValue(depth + 1) });
    });
    return { kind: 'object', index, members };
  }

  #readArray(depth: number): JsonArray {
    const index = this.#index;
    const items: JsonValue[] = [];
    this.#readList(']', () => items.push(this.#readValue(depth + 1)));
    return { kind: 'array', index, items };
  }

  #readList(close: string, readItem: () => void): void {
    this.#index += 1;
    if (this.#takes(close)) return;
    do readItem();
    while (this.#takes(','));
    this.#expect(close);
  }

  #readString(): JsonString {
    this.#skipSpace();
    const index = this.#index;
    if (this.#text.charAt(index) !== '"') {
      throw new JsonFault(index, 'a string in double quotes is missing here');
    }
    STRING_EDGE.lastIndex = index + 1;
    for (let edge = STRING_EDGE.exec(this.#text); edge !== null; edge = STRING_EDGE.exec(this.#text)) {
      if (edge[0] === '\\') {
        STRING_EDGE.lastIndex += 1;
        continue;
      }
      if (edge[0] !== '"') throw new JsonFault(edge.index, 'a control character stands in a string');
      this.#index = STRING_EDGE.lastIndex;
      return { kind: 'string', index, value: this.#decode(index, this.#index) };
    }
    throw new JsonFault(index, 'a string opened here is never closed');
  }

  #decode(start: number, end: number): string {
    try {
      return String(JSON.parse(this.#text.slice(start, end)));
    } catch {
      throw new JsonFault(start, 'a string has an escape that JSON does not know');
    }
  }

  #readScalar(): JsonScalar {
    const index = this.#index;
    const word = this.#match(WORD);
    if (word !== '') return { kind: word === 'null' ? 'null' : 'boolean', index, text: word };
    const number = this.#match(NUMBER);
    if (number === '') throw new JsonFault(index, 'a JSON value is missing here');
    return { kind: 'number', index, text: number };
  }

  #takes(character: string): boolean {
    this.#skipSpace();
    if (this.#text.charAt(this.#index) !== character) return false;
    this.#index += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#takes(character)) throw new JsonFault(this.#index, `${character} is missing here`);
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#index;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#index += found.length;
    return found;
  }
}
