import { isBfmError } from '@bfm/core';
import { authorise } from '../authorise.ts';
import type { Caller } from '../caller.ts';
import type { CreatedToken } from './create-token.ts';
import { mintToken } from './mint-token.ts';
import type { TokenContext } from './token-context.ts';
import { readLifetime } from './token-lifetime.ts';

/** That only one valid token can have it is what makes one of many servers the first. */
const NAME = 'first-admin';

class NotFirst extends Error {}

/**
 * Makes an admin token when there never was a token, once, however many servers start at the same moment.
 *
 * @returns `null` for all but one of them
 * @throws {auth.forbidden} {state.unavailable}
 */
export async function firstToken(
  caller: Caller,
  { state, crypto }: TokenContext,
): Promise<CreatedToken | null> {
  const { text, ...minted } = mintToken(crypto);
  const object = `token/${minted.id}`;
  await authorise(caller, { permission: 'token.create', object }, { state });
  const lifetimeMs = readLifetime(null);
  const detail = { name: NAME, role: 'admin', lifetimeMs };
  const action = { action: 'token.create', object, result: 'ok', detail } as const;
  try {
    const token = await state.write(caller, action, async ({ tokens }) => {
      if ((await tokens.list()).length > 0) throw new NotFirst();
      return tokens.create({ ...minted, name: NAME, role: 'admin', createdBy: caller.name, lifetimeMs });
    });
    return { token, text };
  } catch (error) {
    if (error instanceof NotFirst || (isBfmError(error) && error.code === 'token.name_taken')) return null;
    throw error;
  }
}
