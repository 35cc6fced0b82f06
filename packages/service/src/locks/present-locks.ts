import { toTargetHolder } from '@bfm/engine';
import { presentError } from '../present/present-error.ts';
import type { HeldLock, LockList } from './list-locks.ts';

/** The wire form of what is held. */
export function presentLocks({ locks, unreachable }: LockList): Record<string, unknown> {
  return {
    locks: locks.map(presentLock),
    ...(unreachable.length === 0 ? {} : { errors: unreachable.map(presentError) }),
  };
}

/** The wire form of one of them. */
export function presentLock(lock: HeldLock): Record<string, unknown> {
  const { id, connection, schema, session, lease, store } = lock;
  const { name, since, token } = session?.holder ?? toTargetHolder(lease);
  return {
    id,
    connection,
    schema,
    database: store?.keeper.address ?? null,
    kind: kindOf(lock),
    holder: name,
    since,
    token,
    session: session && {
      backend: session.backend,
      state: session.state,
      command: session.command,
    },
    lease: lease && { key: lease.key, token: lease.token, ends_in_ms: lease.endsInMs },
  };
}

function kindOf({ session, lease }: HeldLock): 'lease' | 'session' | 'session and lease' {
  if (session === null) return 'lease';
  return lease === null ? 'session' : 'session and lease';
}
