import { presentToken, revokeToken } from '@bfm/service';
import type { GlobalOptions } from '../../options/option-types.ts';
import { revokedTokenView } from '../../output/tokens-view.ts';
import { openTokens } from './open-tokens.ts';

/** `bfm token revoke`: ends a token for good. */
export async function runTokenRevoke(named: string, options: GlobalOptions): Promise<number> {
  await using session = await openTokens(options);
  const { terminal, caller, context } = session;
  const token = await revokeToken(named, caller, context);
  terminal.data({ token: presentToken(token) });
  terminal.people.print(revokedTokenView(token));
  return 0;
}
