import { BfmError } from '@bfm/core';

/** Keys that mean something to JavaScript itself. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a key may stand in a request. */
export function isForbiddenKey(key: string): boolean {
  return FORBIDDEN_KEYS.has(key);
}

/**
 * Reads JSON that says one thing only.
 *
 * @throws {request.invalid} it is no UTF-8 or no JSON, is deeper than allowed, or has a key twice or one of JavaScript's own
 */
export function parseStrictJson(bytes: Uint8Array, depthMax: number): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse('The body is not valid JSON.', cause);
  }
  inspectKeys(text, depthMax);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw refuse('The body is not valid UTF-8.', cause);
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[[\]{}]/g;

/** Walks a text that is known to be JSON; without recursion, so that depth costs nothing. */
function inspectKeys(text: string, depthMax: number): void {
  const open: (Set<string> | null)[] = [];
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null);
      if (open.length > depthMax) throw refuse(`The body is nested deeper than ${depthMax} levels.`);
    } else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) inspectKey(token.slice(0, -colon.length), open.at(-1));
  }
}

function inspectKey(quoted: string, seen: Set<string> | null | undefined): void {
  const key = JSON.parse(quoted) as string;
  if (isForbiddenKey(key)) throw refuse(`The key ${key} is not allowed.`);
  if (seen?.has(key)) throw refuse(`The key ${JSON.stringify(key.slice(0, 100))} comes twice.`);
  seen?.add(key);
}

function refuse(message: string, cause?: unknown): BfmError {
  return new BfmError('request.invalid', {
    message,
    next: 'Mend the body and send it again; nothing was done.',
    cause,
  });
}
