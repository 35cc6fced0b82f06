import type { StoredToken, TokenRole } from '@bfm/engine';

/** A token as JSON shows it. Times are RFC 3339 in UTC. */
export interface PresentedToken {
  readonly id: string;
  readonly name: string;
  readonly role: TokenRole;
  readonly prefix: string;
  readonly last_four: string;
  readonly created_by: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

/** A token as JSON shows it: everything but the secret, of which only the last four characters are known. */
export function presentToken(token: StoredToken): PresentedToken {
  const { id, kind, name, role, lastFour, createdBy, createdAt, expiresAt, lastUsedAt, revokedAt } = token;
  return {
    id,
    name,
    role,
    prefix: `bfm_${kind}_${id}`,
    last_four: lastFour,
    created_by: createdBy,
    created_at: createdAt,
    expires_at: expiresAt,
    last_used_at: lastUsedAt,
    revoked_at: revokedAt,
  };
}
