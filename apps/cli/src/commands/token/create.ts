import { createToken } from '@bfm/service';
import type { TokenCreateOptions } from '../../options/option-types.ts';
import { openTokens } from './open-tokens.ts';
import { tellToken } from './tell-token.ts';

/** `bfm token create`: makes a token and shows it, this once. */
export async function runTokenCreate(name: string, options: TokenCreateOptions): Promise<number> {
  await using session = await openTokens(options);
  const order = { name, role: options.role ?? 'viewer', lifetimeMs: options.lifetime ?? null };
  tellToken(await createToken(order, session.caller, session.context), session.terminal);
  return 0;
}
