import type { MadeToken } from '@bfm/client';
import {
  createToken,
  listTokens,
  presentToken,
  revokeToken,
  rotateToken,
  type Caller,
  type CreatedToken,
  type TokenContext,
} from '@bfm/service';
import type { TokensWork } from '../modes/tokens-work.ts';

/** The tokens in the state itself; whoever can write to its database is an admin. */
export function directTokens(caller: Caller, context: TokenContext): TokensWork {
  return {
    list: async () => (await listTokens(caller, context)).map(presentToken),
    create: async ({ name, role = 'viewer', lifetime_ms: lifetimeMs = null }) =>
      toMade(await createToken({ name, role, lifetimeMs }, caller, context)),
    rotate: async (named, { grace_ms: graceMs = null, lifetime_ms: lifetimeMs = null }) =>
      toMade(await rotateToken({ named, graceMs, lifetimeMs }, caller, context)),
    revoke: async (named) => presentToken(await revokeToken(named, caller, context)),
  };
}

function toMade({ token, text }: CreatedToken): MadeToken {
  return { token: presentToken(token), text };
}
