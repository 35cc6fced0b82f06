import { rotateToken } from '@bfm/service';
import type { TokenRotateOptions } from '../../options/option-types.ts';
import { openTokens } from './open-tokens.ts';
import { tellToken } from './tell-token.ts';

/** `bfm token rotate`: makes a successor and shows it, this once. */
export async function runTokenRotate(named: string, options: TokenRotateOptions): Promise<number> {
  await using session = await openTokens(options);
  const rotation = { named, graceMs: options.grace ?? null, lifetimeMs: options.lifetime ?? null };
  tellToken(await rotateToken(rotation, session.caller, session.context), session.terminal);
  return 0;
}
