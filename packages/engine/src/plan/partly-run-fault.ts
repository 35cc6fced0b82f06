import { quoteOption, repairCommand, type Fault, type MigrationId, type TargetState } from '@bfm/core';

/** Says that a migration cannot be rolled back, since its up has not ended; with every way out. */
export function toPartlyRunFault(migrationId: MigrationId, { target }: TargetState): Fault {
  const { connection, schema } = target;
  const place = { connection, schemas: [schema] };
  const pending = repairCommand({ action: 'mark-pending', migrationId, place });
  const applied = repairCommand({ action: 'mark-applied', migrationId, place });
  return {
    code: 'rollback.partly_run',
    message: `${migrationId} is partly run in ${connection}/${schema}: its up began and did not end, so there is nothing whole to roll back; nothing was changed`,
    where: { migration_id: migrationId, connection, schema },
    mend: `end it first: bfm up --connection ${connection} ${quoteOption('--schema', schema)}; or say how it stands: when what it did is undone, ${pending} (with --statement N: only from there on); when all of it is there, ${applied}`,
  };
}
