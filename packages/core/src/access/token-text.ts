import { crc32 } from './crc32.ts';

/** What the text of a token says: which one it is, and what proves it. */
export interface TokenText {
  /** What it is for, such as `api`. */
  readonly kind: string;
  /** Under which it is kept; no secret. */
  readonly id: string;
  /** Never stored, logged or shown again. */
  readonly secret: string;
}

/** Random bytes that a new token is made of; where they come from decides how good it is. */
export interface TokenBytes {
  readonly id: Uint8Array;
  readonly secret: Uint8Array;
}

/** How many random bytes the id of a token takes. */
export const TOKEN_ID_BYTES = 8;
/** How many random bytes its secret takes. */
export const TOKEN_SECRET_BYTES = 32;

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ID_LENGTH = 13;
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const SHAPE = /^bfm_([a-z]{2,12})_([0-9a-z]{13})_([0-9A-Za-z]{43})_[0-9A-Za-z]{6}$/;

/** Makes a token of so many random bytes. */
export function makeToken(kind: string, bytes: TokenBytes): TokenText {
  return {
    kind,
    id: inDigits(toNumber(bytes.id), 36, ID_LENGTH),
    secret: inDigits(toNumber(bytes.secret), 62, SECRET_LENGTH),
  };
}

/** `bfm_{kind}_{id}_{secret}_{checksum}`: found by scanners of secrets, and refused without a look-up when mistyped. */
export function formatToken({ kind, id, secret }: TokenText): string {
  const body = `bfm_${kind}_${id}_${secret}`;
  return `${body}_${inDigits(BigInt(crc32(body)), 62, CHECKSUM_LENGTH)}`;
}

/** Reads a token. @returns `null` for what cannot be one of ours; any one character that was changed is seen */
export function parseToken(text: string): TokenText | null {
  const [, kind, id, secret] = SHAPE.exec(text) ?? [];
  if (kind === undefined || id === undefined || secret === undefined) return null;
  const token = { kind, id, secret };
  return formatToken(token) === text ? token : null;
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}

function inDigits(number: bigint, base: 36 | 62, length: number): string {
  let rest = number;
  let text = '';
  for (let place = 0; place < length; place += 1) {
    text = (DIGITS[Number(rest % BigInt(base))] ?? '') + text;
    rest /= BigInt(base);
  }
  return text;
}
