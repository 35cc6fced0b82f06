import type { StoredToken } from '@bfm/engine';
import { authorise } from '../authorise.ts';
import type { Caller } from '../caller.ts';
import type { CreatedToken } from './create-token.ts';
import { mintToken } from './mint-token.ts';
import { namedToken } from './named-token.ts';
import type { TokenContext } from './token-context.ts';
import { readGrace, readLifetime } from './token-lifetime.ts';

/** Which token gets a successor. */
export interface TokenRotation {
  /** Its id or name. */
  readonly named: string;
  /** How long the old one goes on; `null`: 24 hours, 0: it ends now. */
  readonly graceMs: number | null;
  /** Of the new one; `null`: 90 days. */
  readonly lifetimeMs: number | null;
}

/**
 * Makes a successor of a token, with its name and role, and has the old one end after a while.
 *
 * @throws {auth.forbidden} {request.invalid} {token.not_found} {token.name_taken} somebody rotated it at the same moment
 */
export async function rotateToken(
  { named, graceMs, lifetimeMs }: TokenRotation,
  caller: Caller,
  { state, crypto }: TokenContext,
): Promise<CreatedToken> {
  await authorise(caller, { permission: 'token.rotate', object: 'token' }, { state });
  const grace = readGrace(graceMs);
  const lifetime = readLifetime(lifetimeMs);
  const old = await state.read(({ tokens }) => namedToken(named, tokens));
  const { text, ...minted } = mintToken(crypto);
  const detail = { name: old.name, successor: minted.id, graceMs: grace, lifetimeMs: lifetime };
  const action = { action: 'token.rotate', object: `token/${old.id}`, result: 'ok', detail } as const;
  const token = await state.write(caller, action, async ({ tokens }) => {
    await tokens.retire(old.id, grace, retiredName(old, minted.id));
    const { name, role } = old;
    return tokens.create({ ...minted, name, role, createdBy: caller.name, lifetimeMs: lifetime });
  });
  return { token, text };
}

/** Names are of the valid ones; the old one keeps enough of it to be known. */
function retiredName({ name }: StoredToken, successor: string): string {
  return `${[...name].slice(0, 60).join('')} (until ${successor})`;
}
