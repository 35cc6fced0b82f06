import type { MadeToken, Token, TokenOrder, TokenRotation } from '@bfm/client';

/** What keeps tokens. */
export interface TokensWork {
  readonly list: () => Promise<readonly Token[]>;
  readonly create: (order: TokenOrder) => Promise<MadeToken>;
  readonly rotate: (named: string, rotation: TokenRotation) => Promise<MadeToken>;
  readonly revoke: (named: string) => Promise<Token>;
}
