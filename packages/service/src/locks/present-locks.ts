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
export function presentLock({
  id,
  connection,
  schema,
  session,
  lease,
  store,
}: HeldLock): Record<string, unknown> {
  const holder = session?.holder ?? toTargetHolder(lease);
  return {
    id,
    connection,
    schema,
    database: store?.keeper.address ?? null,
    kind: session === null ? 'lease' : lease === null ? 'session' : 'session and lease',
    holder: holder.name,
    since: holder.since,
    token: holder.token,
    backend: session?.backend ?? null,
    state: session?.state ?? null,
    statement: session?.statement ?? null,
    lease: lease === null ? null : { key: lease.key, token: lease.token, ends_in_ms: lease.endsInMs },
  };
}
