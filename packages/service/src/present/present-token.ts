import type { StoredToken } from '@bfm/engine';

/** A token as JSON shows it: everything but the secret, of which only the last four characters are known. */
export function presentToken(token: StoredToken): Readonly<Record<string, string | null>> {
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
