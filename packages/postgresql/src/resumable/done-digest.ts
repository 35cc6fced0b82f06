import { createHash } from 'node:crypto';
import type { Statement } from '@bfm/core';

/** A digest of the first `count` statements of a script: tells whether what was done is still what the file says. */
export function doneDigest(statements: readonly Statement[], count: number): string {
  const texts = statements.slice(0, count).map(({ text }) => text);
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}
