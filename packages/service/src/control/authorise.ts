import { BfmError } from '@bfm/core';
import type { StateActor, StateStore, TokenRole } from '@bfm/engine';

/** What a caller may be allowed, in the words of the audit: of each the roles that have it. What is not named nobody may. */
const ROLES_ALLOWED = {
  /** Whatever only looks: catalog, plans, runs, history, health. */
  'api.read': ['admin', 'viewer'],
  /** Whatever changes something and has no permission of its own. */
  'api.change': ['admin'],
  'run.start': ['admin'],
  'run.cancel': ['admin'],
  'run.pause': ['admin'],
  'run.resume': ['admin'],
  'run.retry': ['admin'],
  'migrations.reindex': ['admin'],
  'schemas.query': ['admin'],
  'token.list': ['admin'],
  'token.create': ['admin'],
  'token.rotate': ['admin'],
  'token.revoke': ['admin'],
  'audit.list': ['admin'],
} as const satisfies Readonly<Record<string, readonly TokenRole[]>>;

/** What is asked of a caller's role. */
export type Permission = keyof typeof ROLES_ALLOWED;

/** Somebody of whom it is to be decided. */
export interface Asking extends StateActor {
  readonly role: TokenRole;
}

/** What somebody wants to do. */
export interface Attempt {
  readonly permission: Permission;
  /** To what, as the audit keeps it: `token/0c1...`, or the route. */
  readonly object: string;
}

/** Tells whether a role has a permission: the one decision behind HTTP, gRPC and the CLI. */
export function isAllowed(role: TokenRole, permission: Permission): boolean {
  const allowed: readonly TokenRole[] = Object.hasOwn(ROLES_ALLOWED, permission)
    ? ROLES_ALLOWED[permission]
    : [];
  return allowed.includes(role);
}

/**
 * Lets a caller through, or writes down that they were refused.
 *
 * @throws {auth.forbidden} {state.unavailable} the refusal could not be written down; nothing was done all the same
 */
export async function authorise(
  caller: Asking,
  { permission, object }: Attempt,
  { state }: { readonly state: StateStore },
): Promise<void> {
  if (isAllowed(caller.role, permission)) return;
  const action = { action: permission, object, result: 'refused', detail: { role: caller.role } } as const;
  await state.write(caller, action, () => Promise.resolve());
  throw new BfmError('auth.forbidden', {
    message: `${caller.name} has the role ${caller.role}, which does not allow ${permission}; nothing was changed`,
    details: { permission, role: caller.role },
    next: 'use a token of the role admin: bfm token create makes one',
  });
}
