import type { Fault } from '@bfm/core';
import type { QuarantinedMigration } from '@bfm/engine';
import type { LoadedCatalog } from '../control/catalog-holder.ts';

/** Says why a migration may not run: what is wrong with its file, or on which one it depends. */
export function describeQuarantine(
  { id, blockedBy }: QuarantinedMigration,
  { faults }: Pick<LoadedCatalog, 'faults'>,
): string {
  if (blockedBy !== null) {
    return `${id}: dependency resolution: it depends on ${blockedBy}, which is quarantined`;
  }
  const own = faults.find((fault) => isAbout(fault, id));
  return own === undefined
    ? `${id}: its file is faulty; GET /api/v1/lint tells why`
    : `${id}: ${own.code}: ${own.message}`;
}

/** Whether a fault is one of a migration's files. */
function isAbout({ where: { migration_id: named, file = '' } }: Fault, id: string): boolean {
  if (named !== undefined) return named === id;
  const [backend, connection, name = ''] = file.split('/');
  // Names hold no dot.
  return `${name.split('.')[0] ?? ''}_${backend ?? ''}_${connection ?? ''}` === id;
}
