import { quoteIdentifier, type Catalog } from '@bfm/core';
import type { UnfinishedMigration, InvalidIndex, StoreExamination } from '@bfm/engine';
import { findingsOf, type FindingMaker } from './diagnose-server.ts';
import type { Finding } from './finding.ts';

/** Judges what lies about in a database and gets in the way of migrations. Pure. */
export function diagnoseSurroundings(
  examination: StoreExamination,
  catalog: Pick<Catalog, 'byId'>,
  address: string,
): readonly Finding[] {
  const make = findingsOf(address);
  const interrupted = (examination.ledger?.unfinished ?? []).filter(
    ({ status, migrationId }) => status !== 'failed' && catalog.byId.has(migrationId),
  );
  return [
    ...examination.invalidIndexes.map((index) => indexFinding(index, interrupted, make)),
    ...examination.preparedTransactions.map((gid) =>
      make('transaction.prepared', 'warning', [
        `the transaction ${JSON.stringify(gid)} was prepared and neither committed nor rolled back; its locks stay, and CONCURRENTLY waits for it`,
        `commit or abort it in psql: ROLLBACK PREPARED '${gid.replaceAll("'", "''")}'`,
      ]),
    ),
    ...examination.idleTransactions.map(({ pid, user, application, seconds }) =>
      make('transaction.idle', 'warning', [
        `session ${pid} of ${user}${application === '' ? '' : ` (${application})`} has been idle in a transaction for ${seconds} s: its locks stay, and CONCURRENTLY may wait for it`,
        `end its transaction, or the session in psql: SELECT pg_terminate_backend(${pid})`,
      ]),
    ),
  ];
}

function indexFinding(
  { schema, index, table, building }: InvalidIndex,
  interrupted: readonly UnfinishedMigration[],
  make: FindingMaker,
): Finding {
  const where = { schema };
  const name = `${schema}.${index}`;
  if (building) {
    return { ...make('index.building', 'info', [`the index ${name} on ${table} is being built now`]), where };
  }
  const ours = interrupted.find((migration) => migration.schema === schema);
  const message = `the index ${name} on ${table} is INVALID: every write keeps it, no query uses it`;
  if (ours !== undefined) {
    const mend = `a migration was interrupted there, and goes on by itself: bfm up --connection ${ours.connection} --schema ${schema}`;
    return { ...make('index.invalid', 'warning', [message, mend]), where };
  }
  const drop = `DROP INDEX CONCURRENTLY ${quoteIdentifier(schema)}.${quoteIdentifier(index)}`;
  return {
    ...make('index.invalid', 'warning', [message, `build it anew, or drop it in psql: ${drop}`]),
    where,
  };
}
