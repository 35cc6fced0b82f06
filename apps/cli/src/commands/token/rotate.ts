import type { Invocation } from '../../invocation.ts';
import type { TokenRotateOptions } from '../../options/option-types.ts';
import { openTokens } from './open-tokens.ts';
import { tellToken } from './tell-token.ts';

/** `bfm token rotate`: makes a successor and shows it, this once. */
export async function runTokenRotate(
  named: string,
  { grace, lifetime, ...options }: TokenRotateOptions,
  invocation: Invocation,
): Promise<number> {
  await using session = await openTokens(options, invocation);
  const rotation = {
    ...(grace === undefined ? {} : { grace_ms: grace }),
    ...(lifetime === undefined ? {} : { lifetime_ms: lifetime }),
  };
  tellToken(await session.work.rotate(named, rotation), session.terminal);
  return 0;
}
