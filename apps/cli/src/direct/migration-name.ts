import { BfmError, type BackendName } from '@bfm/core';
import { readFileName } from '@bfm/source';

/**
 * Makes a name of what somebody calls a migration: spaces become `_`.
 *
 * @throws {request.invalid} when files could not bear it
 */
export function toMigrationName(text: string, backend: BackendName): string {
  const name = text.trim().replace(/\s+/g, '_');
  const extension = backend === 'etcd' ? 'json' : 'sql';
  const reading = readFileName(`20000101000000_${name}.up.${extension}`, backend);
  if (reading.kind === 'script') return reading.name;
  throw new BfmError('request.invalid', {
    message: `${JSON.stringify(text)} cannot be the name of a migration${'reason' in reading ? `: ${reading.reason}` : ''}`,
    next: 'give letters, digits, _ and -, such as create_users',
  });
}
