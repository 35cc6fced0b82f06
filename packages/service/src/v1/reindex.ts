import type { Migration } from '@bfm/core';
import type { KnownMigration, StateWrites, SyncResult } from '@bfm/engine';
import { authorise } from '../control/authorise.ts';
import type { Caller } from '../control/caller.ts';
import type { LoadedCatalog } from '../control/catalog-holder.ts';
import type { ControlContext } from '../control/control-context.ts';
import { toV1Tags } from './list.ts';

/** What a look at the folder has changed. */
export type V1ReindexBody = SyncResult;

/**
 * Reads the folder again and notes what is new and what is gone; nothing is deleted.
 *
 * @throws {auth.forbidden} {source.missing} {source.unreadable} {state.unavailable}
 */
export async function reindexV1(caller: Caller, control: ControlContext): Promise<V1ReindexBody> {
  await authorise(caller, { permission: 'migrations.reindex', object: 'migrations' }, control);
  const loaded = await control.catalogs.reload();
  const action = { action: 'migrations.reindex', object: 'migrations', result: 'ok', detail: {} } as const;
  return control.state.write(caller, action, (state) => syncMigrations(loaded, state));
}

/** Notes what the source has. What is quarantined is there, too: as it was when it could be read. */
export async function syncMigrations(
  { catalog, quarantined }: Pick<LoadedCatalog, 'catalog' | 'quarantined'>,
  { migrations }: Pick<StateWrites, 'migrations'>,
): Promise<SyncResult> {
  const ids = new Set<string>(quarantined.map(({ id }) => id));
  const before = ids.size === 0 ? [] : await migrations.ofVersions(quarantined.map(({ version }) => version));
  const kept = before.filter(({ id, present }) => present && ids.has(id));
  return migrations.sync([...catalog.migrations.map(toKnown), ...kept]);
}

function toKnown({
  id,
  version,
  name,
  backend,
  connection,
  schema,
  ...migration
}: Migration): KnownMigration {
  return {
    id,
    version,
    name,
    backend,
    connection,
    schema,
    upText: migration.up.text,
    downText: migration.down?.text ?? null,
    dependencies: migration.dependencies,
    tags: toV1Tags(migration.tags),
  };
}
