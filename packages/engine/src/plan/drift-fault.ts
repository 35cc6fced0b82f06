import { quoteWord, repairCommand, type Fault, type TargetState } from '@bfm/core';
import type { Drift } from './assess-target.ts';
import { andTheRest, placeOptions, typedSchemas, type SchemasPlace } from './typed-schemas.ts';

/** Says a drift as a fault, with what mends it. */
export function toDriftFault(drift: Drift, { target }: Pick<TargetState, 'target'>): Fault {
  const { connection, schema } = target;
  return {
    code: `drift.${drift.kind}`,
    message: messageOf(drift, `${connection}/${schema}`),
    where: { migration_id: drift.migrationId, connection, schema },
    mend: driftMend(drift, { connection, schemas: [schema] }),
  };
}

function messageOf(drift: Drift, place: string): string {
  const { migrationId: id } = drift;
  switch (drift.kind) {
    case 'checksum_changed':
      return `${id} was edited after it was applied to ${place}: applied ${drift.applied}, now ${drift.current}`;
    case 'missing':
      return drift.partly
        ? `${id} is partly run in ${place} and its file is gone`
        : `${id} is applied to ${place} but its file is gone`;
    case 'out_of_order':
      return `${id} is pending in ${place} yet comes before ${drift.after}, which is applied`;
    case 'half_rolled_back':
      return `the rollback of ${id} in ${place} began and did not end: part of it is undone`;
  }
}

/** What mends a drift wherever it was found. */
export function driftMend(drift: Drift, place: SchemasPlace): string {
  const { migrationId } = drift;
  const rest = andTheRest(place.schemas);
  switch (drift.kind) {
    case 'checksum_changed':
      return `restore the file as it was applied and put the change into a new migration, or accept it as it is now: ${repairCommand({ action: 'accept-checksum', migrationId })}`;
    case 'missing': {
      const typed = { connection: place.connection, schemas: typedSchemas(place.schemas) };
      const command = repairCommand({ action: 'mark-pending', migrationId, place: typed });
      const undone = drift.partly ? ' and what it did is undone' : '';
      return `restore the file, or point --sfm at the tree that has it; when it is gone for good${undone}: ${command}${rest}`;
    }
    case 'out_of_order':
      return 'give it a newer version, or allow it with --out-of-order=allow';
    case 'half_rolled_back': {
      const typed = { connection: place.connection, schemas: typedSchemas(place.schemas) };
      const pending = repairCommand({ action: 'mark-pending', migrationId, place: typed });
      const applied = repairCommand({ action: 'mark-applied', migrationId, place: typed });
      const down = `bfm down ${placeOptions(place)} --migration ${quoteWord(migrationId)}`;
      return `mend its down file if that failed, and go on with the rollback: ${down}${rest}; or say how it stands: when all of it is undone, ${pending}${rest}; when all of it is there again, ${applied}${rest}`;
    }
  }
}
