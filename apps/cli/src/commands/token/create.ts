import type { Invocation } from '../../invocation.ts';
import type { TokenCreateOptions } from '../../options/option-types.ts';
import { openTokens } from './open-tokens.ts';
import { tellToken } from './tell-token.ts';

/** `bfm token create`: makes a token and shows it, this once. */
export async function runTokenCreate(
  name: string,
  options: TokenCreateOptions,
  invocation: Invocation,
): Promise<number> {
  await using session = await openTokens(options, invocation);
  const { role = 'viewer', lifetime } = options;
  const order = { name, role, ...(lifetime === undefined ? {} : { lifetime_ms: lifetime }) };
  tellToken(await session.work.create(order), session.terminal);
  return 0;
}
