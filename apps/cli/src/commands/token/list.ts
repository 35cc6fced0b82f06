import { listTokens, presentToken } from '@bfm/service';
import type { GlobalOptions } from '../../options/option-types.ts';
import { tokensView } from '../../output/tokens-view.ts';
import { openTokens } from './open-tokens.ts';

/** `bfm token list`: which tokens there are. */
export async function runTokenList(options: GlobalOptions): Promise<number> {
  await using session = await openTokens(options);
  const { terminal, caller, context } = session;
  const tokens = await listTokens(caller, context);
  terminal.data({ tokens: tokens.map(presentToken) });
  terminal.people.print(tokensView(tokens, terminal.people.look));
  return 0;
}
