import type { UnfinishedMigration } from '@bfm/engine';

/** How far a migration came before it stopped, for people. */
function howFar({ statementsDone, statementBegun, rowsDone, batchesDone }: Progress): string {
  if (batchesDone > 0) {
    return `after ${rowsDone} rows in ${batchesDone} ${batchesDone === 1 ? 'batch' : 'batches'}`;
  }
  if (statementBegun !== null) return `in statement ${statementBegun}`;
  return statementsDone === 0 ? 'with nothing of it done' : `after statement ${statementsDone}`;
}

type Progress = Pick<UnfinishedMigration, 'statementsDone' | 'statementBegun' | 'rowsDone' | 'batchesDone'>;

/** What a ledger can say of a migration that did not end well, apart from where. */
export function describeUnfinished(migration: UnfinishedMigration): string {
  const { migrationId, status, running } = migration;
  const error = errorOf(migration);
  const verb = status === 'undoing' ? 'rollback' : 'up';
  if (running) return `the ${verb} of ${migrationId} is under way, ${howFar(migration)}`;
  if (status === 'failed') return `${migrationId} failed last time${error === null ? '' : `: ${error}`}`;
  if (error === null) return `the ${verb} of ${migrationId} was interrupted ${howFar(migration)}`;
  return `${migrationId} failed ${howFar(migration)}: ${error}`;
}

/** The error without what everybody is told beside it, so that equal ones of many targets read the same. */
function errorOf({ migrationId, connection, schema, error }: UnfinishedMigration): string | null {
  const prefix = `${migrationId} failed in ${connection}/${schema}: `;
  return error?.startsWith(prefix) === true ? error.slice(prefix.length) : error;
}
