import type { JsonObject } from '@bfm/engine';

/** A value as the state can keep it: what JSON has, with texts that PostgreSQL takes. */
export function toStorable(value: Readonly<Record<string, unknown>>): JsonObject {
  return JSON.parse(JSON.stringify(value, replaceUnstorable)) as JsonObject;
}

/** A text that PostgreSQL takes: no NUL, no half of a surrogate pair. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

function replaceUnstorable(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? storableText(value) : value;
}
