import { BfmError, didYouMean, type MigrationId } from '@bfm/core';
import type { KnownCatalog, KnownMigration } from './known-catalog.ts';

/**
 * Looks up migrations by whole id, `{version}`, `{name}`, `{version}_{name}` or `{connection}/` before any of these.
 *
 * @throws {migration.not_found}
 * @throws {request.invalid} when a text fits several
 */
export function resolveMigrations(texts: readonly string[], catalog: KnownCatalog): readonly MigrationId[] {
  return texts.map((text) => resolveMigration(text, catalog));
}

function resolveMigration(text: string, { byId, migrations }: KnownCatalog): MigrationId {
  const exact = byId.get(text as MigrationId);
  if (exact !== undefined) return exact.id;
  const slash = text.indexOf('/');
  const connection = slash === -1 ? null : text.slice(0, slash);
  const rest = text.slice(slash + 1);
  const found = migrations.filter(
    (migration) =>
      (connection === null || migration.connection === connection) &&
      [migration.id, migration.version, migration.name, `${migration.version}_${migration.name}`].includes(
        rest,
      ),
  );
  const [first, second] = found;
  if (first === undefined) {
    throw new BfmError('migration.not_found', {
      message: `no migration ${JSON.stringify(text)} is known${didYouMean(text, namesOf(migrations, slash >= 0))}`,
      details: { where: { migration_id: text } },
      next: 'give a name, connection/name, a version or a whole id; bfm status lists what is pending',
    });
  }
  if (second !== undefined) {
    throw new BfmError('request.invalid', {
      message: `${JSON.stringify(text)} fits several migrations: ${found.map(({ id }) => id).join(', ')}`,
      next: 'give the whole id, or connection/name',
    });
  }
  return first.id;
}

/** What a slip is compared with: names, and when a connection was given, those with theirs. */
function namesOf(migrations: readonly KnownMigration[], withConnection: boolean): readonly string[] {
  return migrations.map(({ connection, name }) => (withConnection ? `${connection}/${name}` : name));
}
