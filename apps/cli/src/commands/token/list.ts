import type { Invocation } from '../../invocation.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { tokensView } from '../../output/tokens-view.ts';
import { openTokens } from './open-tokens.ts';

/** `bfm token list`: which tokens there are. */
export async function runTokenList(options: GlobalOptions, invocation: Invocation): Promise<number> {
  await using session = await openTokens(options, invocation);
  const { terminal, work } = session;
  const tokens = await work.list();
  terminal.data({ tokens });
  terminal.people.print(tokensView(tokens, terminal.people.look));
  return 0;
}
