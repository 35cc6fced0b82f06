import { BfmError } from '@bfm/core';
import type { StoredToken, TokenReads } from '@bfm/engine';

/** Finds a token by its id, or by the name of one that was not revoked. @throws {token.not_found} */
export async function namedToken(named: string, tokens: TokenReads): Promise<StoredToken> {
  const all = await tokens.list();
  const found =
    all.find(({ id }) => id === named) ??
    all.find(({ name, revokedAt }) => name === named && revokedAt === null);
  if (found !== undefined) return found;
  throw new BfmError('token.not_found', {
    // Whoever gives the token itself by mistake must not find it in a log.
    message: named.startsWith('bfm_')
      ? 'a token is named by its name or id, not by its text'
      : `there is no token ${named.slice(0, 100)}`,
    details: {},
    next: 'bfm token list shows the tokens there are',
  });
}
