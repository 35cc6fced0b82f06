import { createHash } from 'node:crypto';

const SEAL_LENGTH = 32;

/**
 * Ends a bundle with a hash of itself, so that the launcher can tell whether compiled code belongs to it: V8 compares no
 * more than the length.
 *
 * @throws Error when the bundle is not all ASCII: the launcher reads it as Latin-1, which is faster
 */
export function sealBundle(text: string): string {
  for (const character of text) {
    if (character > '\x7f') throw new Error(`the bundle is not all ASCII: it holds ${character}`);
  }
  return `${text}//# bfm-seal=${createHash('sha256').update(text).digest('hex').slice(0, SEAL_LENGTH)}`;
}

/** The hash a bundle ends with. */
export function sealOf(text: string): string {
  return text.slice(-SEAL_LENGTH);
}
