import type { Reading } from './value-types.ts';

/** What a PEM file is to hold. */
export type PemKind = 'CERTIFICATE' | 'PRIVATE KEY';

/** The text of a PEM file, if it holds what it should. */
export function readPem(file: Reading<string>, kind: PemKind): Reading<string> {
  if (!file.ok) return file;
  if (!new RegExp(`-----BEGIN (?:[A-Z0-9 ]+ )?${kind}-----`).test(file.value)) {
    return { ok: false, reason: `the file it names holds no ${kind} in PEM` };
  }
  return kind === 'PRIVATE KEY' && /ENCRYPTED/.test(file.value)
    ? { ok: false, reason: 'the key is encrypted, and BFM has no way to ask for its pass phrase' }
    : file;
}
