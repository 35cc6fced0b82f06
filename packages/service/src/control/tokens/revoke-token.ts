import type { StoredToken } from '@bfm/engine';
import { authorise } from '../authorise.ts';
import type { Caller } from '../caller.ts';
import { namedToken } from './named-token.ts';
import type { TokenContext } from './token-context.ts';

/**
 * Ends a token for good; servers that know it from before refuse it some seconds later at the latest. One that has ended
 * stays as it is.
 *
 * @param named its id or name
 * @throws {auth.forbidden} {token.not_found}
 */
export async function revokeToken(
  named: string,
  caller: Caller,
  { state }: Pick<TokenContext, 'state'>,
): Promise<StoredToken> {
  await authorise(caller, { permission: 'token.revoke', object: 'token' }, { state });
  const { id, name } = await state.read(({ tokens }) => namedToken(named, tokens));
  const action = { action: 'token.revoke', object: `token/${id}`, result: 'ok', detail: { name } } as const;
  return state.write(caller, action, ({ tokens }) => tokens.revoke(id));
}
