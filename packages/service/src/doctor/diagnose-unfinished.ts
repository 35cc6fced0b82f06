import { quoteWord, type Catalog, type SchemaName } from '@bfm/core';
import { andTheRest, placeOptions, type UnfinishedMigration } from '@bfm/engine';
import { describeUnfinished } from '../unfinished.ts';
import { findingsOf } from './diagnose-server.ts';
import type { Finding, FindingCode, Severity } from './finding.ts';
import { placesOf } from './some-names.ts';

/**
 * Judges what has not ended well, what is alike in many targets at once. Pure. Only what there is a file for: the rest is
 * drift.
 */
export function diagnoseUnfinished(
  unfinished: readonly UnfinishedMigration[],
  catalog: Pick<Catalog, 'byId'>,
  address: string,
): readonly Finding[] {
  const make = findingsOf(address);
  const alike = Map.groupBy(
    unfinished.filter(({ migrationId }) => catalog.byId.has(migrationId)),
    (each) => `${each.connection}\n${each.status}\n${describeUnfinished(each)}`,
  );
  return [...alike.values()].flatMap((those): readonly Finding[] => {
    const [first] = those;
    if (first === undefined) return [];
    const { connection, schema, migrationId } = first;
    const [code, severity] = kindOf(first);
    const schemas = those.map((each) => each.schema);
    const text = `in ${placesOf(those)}: ${describeUnfinished(first)}`;
    const finding = make(code, severity, first.running ? [text] : [text, mendOf(first, schemas)]);
    // An error names its place itself.
    const file =
      first.error !== null
        ? undefined
        : catalog.byId.get(migrationId)?.[first.status === 'undoing' ? 'down' : 'up']?.path;
    return [
      {
        ...finding,
        where: { ...(file === undefined ? {} : { file }), connection, schema, migration_id: migrationId },
      },
    ];
  });
}

function kindOf({ running, status, error }: UnfinishedMigration): readonly [FindingCode, Severity] {
  if (running) return ['migration.running', 'info'];
  return [status === 'failed' || error !== null ? 'migration.failed' : 'migration.interrupted', 'warning'];
}

function mendOf(
  { connection, migrationId, status, error }: UnfinishedMigration,
  schemas: readonly SchemaName[],
): string {
  const place = placeOptions({ connection, schemas });
  const rest = andTheRest(schemas);
  if (status === 'undoing') return `bfm down ${place} --migration ${quoteWord(migrationId)}${rest}`;
  return `${error === null && status !== 'failed' ? '' : 'mend what it says, then go on: '}bfm up ${place}${rest}`;
}
