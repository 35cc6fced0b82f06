import { BfmError } from '@bfm/core';
import type { StoredToken, TokenRole } from '@bfm/engine';
import { authorise } from '../authorise.ts';
import type { Caller } from '../caller.ts';
import { mintToken } from './mint-token.ts';
import type { TokenContext } from './token-context.ts';
import { readLifetime } from './token-lifetime.ts';

/** A token to be made. */
export interface TokenOrder {
  /** 1 to 100 characters; no two valid tokens have the same. */
  readonly name: string;
  readonly role: TokenRole;
  /** Milliseconds; `null`: 90 days. */
  readonly lifetimeMs: number | null;
}

/** A token that was made. */
export interface CreatedToken {
  readonly token: StoredToken;
  /** Shown now and never again. */
  readonly text: string;
}

/**
 * Makes a token, and writes down who did.
 *
 * @throws {auth.forbidden} {request.invalid} {token.name_taken}
 */
export async function createToken(
  { name, role, lifetimeMs }: TokenOrder,
  caller: Caller,
  { state, crypto }: TokenContext,
): Promise<CreatedToken> {
  const { text, ...minted } = mintToken(crypto);
  const object = `token/${minted.id}`;
  await authorise(caller, { permission: 'token.create', object }, { state });
  requireName(name);
  const lifetime = readLifetime(lifetimeMs);
  const detail = { name, role, lifetimeMs: lifetime };
  const action = { action: 'token.create', object, result: 'ok', detail } as const;
  const order = { ...minted, name, role, createdBy: caller.name, lifetimeMs: lifetime };
  return { token: await state.write(caller, action, ({ tokens }) => tokens.create(order)), text };
}

function requireName(name: string): void {
  const length = [...name].length;
  if (length >= 1 && length <= 100 && !/\p{C}/u.test(name) && name.trim() === name) return;
  throw new BfmError('request.invalid', {
    message: 'a token has a name of 1 to 100 characters that can be seen; none was made',
    next: 'name whoever uses it, such as ci or ann',
  });
}
