import type { Checksum, Migration, MigrationId, TargetState } from '@bfm/core';
import type { SameMeaning, TargetStore } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import { findConnection } from './find-connection.ts';

/**
 * Compares the meaning of every applied text whose bytes differ from the current file, so that a changed comment
 * breaks no deploy. Texts are fetched only for those; usually there are none.
 */
export async function createSameMeaning(
  states: Iterable<TargetState>,
  context: ServiceContext,
): Promise<SameMeaning> {
  const changed = findChanged(states, context);
  if (changed.size === 0) return () => false;
  const compiler = await context.loadCompiler();
  const same = new Set<string>();
  for (const [store, migrations] of changed) {
    const pairs = [...migrations].flatMap(([migration, checksums]) =>
      [...checksums].map((checksum) => ({ migration, checksum })),
    );
    const texts = await store.revisionTexts(pairs.map(({ checksum }) => checksum));
    for (const { migration, checksum } of pairs) {
      const text = texts.get(checksum);
      if (text !== undefined && compiler.sameMeaning(migration, text, migration.up.text)) {
        same.add(keyOf(migration.id, checksum));
      }
    }
  }
  return (migration, applied) => same.has(keyOf(migration.id, applied));
}

function keyOf(id: MigrationId, checksum: Checksum): string {
  return `${id} ${checksum}`;
}

type Changed = Map<TargetStore, Map<Migration, Set<Checksum>>>;

function findChanged(states: Iterable<TargetState>, context: ServiceContext): Changed {
  const changed: Changed = new Map();
  const seen = new Set<string>();
  for (const { target, shape } of states) {
    if (seen.has(shape.key)) continue;
    seen.add(shape.key);
    for (const { migrationId, checksum, status } of shape.entries.values()) {
      const migration = context.catalog.byId.get(migrationId);
      if (migration === undefined || status !== 'applied' || migration.up.checksum === checksum) continue;
      const store = context.storeOf(findConnection(target.connection, context));
      const migrations = changed.get(store) ?? new Map<Migration, Set<Checksum>>();
      changed.set(store, migrations);
      migrations.set(migration, (migrations.get(migration) ?? new Set()).add(checksum));
    }
  }
  return changed;
}
