import { formatToken, makeToken, TOKEN_ID_BYTES, TOKEN_SECRET_BYTES } from '@bfm/core';
import type { NewToken } from '@bfm/engine';
import type { TokenCrypto } from './token-context.ts';

const KIND = 'api';

/** A token that nobody has stored yet. */
export interface MintedToken extends Pick<NewToken, 'id' | 'kind' | 'secretHash' | 'lastFour'> {
  /** Shown once, to whoever asked for it; kept nowhere. */
  readonly text: string;
}

/** Makes a token of fresh random bytes. */
export function mintToken(crypto: TokenCrypto): MintedToken {
  const bytes = {
    id: crypto.randomBytes(TOKEN_ID_BYTES),
    secret: crypto.randomBytes(TOKEN_SECRET_BYTES),
  };
  const token = makeToken(KIND, bytes);
  const { id, secret } = token;
  return {
    id,
    kind: KIND,
    secretHash: crypto.sha256(secret),
    lastFour: secret.slice(-4),
    text: formatToken(token),
  };
}
