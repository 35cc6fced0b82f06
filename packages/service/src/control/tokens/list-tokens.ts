import type { StoredToken } from '@bfm/engine';
import { authorise } from '../authorise.ts';
import type { Caller } from '../caller.ts';
import type { TokenContext } from './token-context.ts';

/** Lists tokens by name, revoked and expired ones too; no secret is in it. @throws {auth.forbidden} */
export async function listTokens(
  caller: Caller,
  { state }: Pick<TokenContext, 'state'>,
): Promise<readonly StoredToken[]> {
  await authorise(caller, { permission: 'token.list', object: 'token' }, { state });
  return state.read(({ tokens }) => tokens.list());
}
