import type { Invocation } from '../../invocation.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { revokedTokenView } from '../../output/tokens-view.ts';
import { openTokens } from './open-tokens.ts';

/** `bfm token revoke`: ends a token for good. */
export async function runTokenRevoke(
  named: string,
  options: GlobalOptions,
  invocation: Invocation,
): Promise<number> {
  await using session = await openTokens(options, invocation);
  const { terminal, work } = session;
  const token = await work.revoke(named);
  terminal.data({ token });
  terminal.people.print(revokedTokenView(token));
  return 0;
}
