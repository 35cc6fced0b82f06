import type { TokensWork } from '../modes/tokens-work.ts';
import type { Remote } from './open-remote.ts';

/** The tokens of a server. */
export function remoteTokens({ ask }: Remote): TokensWork {
  return {
    list: () => ask((client) => client.tokens.list()),
    create: (order) => ask((client) => client.tokens.create(order)),
    rotate: (named, rotation) => ask((client) => client.tokens.rotate(named, rotation)),
    revoke: (named) => ask((client) => client.tokens.revoke(named)),
  };
}
