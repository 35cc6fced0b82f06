import { BACKENDS, type ConnectionName, type MigrationId } from '@bfm/core';

/** `version name` of a migration that only its id is known of, where its connection is told beside it. */
export function nameInConnection(id: MigrationId, connection: ConnectionName | string): string {
  const suffix = BACKENDS.map((backend) => `_${backend}_${connection}`).find((end) => id.endsWith(end));
  return id.slice(0, suffix === undefined ? undefined : -suffix.length).replace('_', ' ');
}
