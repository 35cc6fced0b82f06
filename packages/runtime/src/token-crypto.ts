import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TokenCrypto } from '@bfm/service';

/** Chance and hashes of this platform. */
export const TOKEN_CRYPTO: TokenCrypto = {
  randomBytes: (count) => randomBytes(count),
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  isEqual: (one, other) => {
    const [left, right] = [Buffer.from(one), Buffer.from(other)];
    return left.length === right.length && timingSafeEqual(left, right);
  },
};
