import type { Migration, MigrationId, SchemaName } from '@bfm/core';
import type { EffectReader, SchemaEffect, SchemaObject } from '@bfm/engine';
import { Predictor, renderEffect, type EffectfulMigration, type Prediction } from './predict.ts';

/** The migrations of a target in canonical order, and the objects by which one can see which of them have run. */
export interface TargetLine {
  readonly migrations: readonly EffectfulMigration[];
  readonly objects: readonly LookedUpObject[];
}

/** An object that is looked up in the target. */
export interface LookedUpObject {
  readonly key: string;
  readonly object: SchemaObject;
  /** What is true while no migration has touched it; `null`: nobody can tell. */
  readonly initially: boolean | null;
  /** The migrations that may make or take it away, in order. */
  readonly touchedBy: readonly MigrationId[];
}

/** Lines of the targets of one place, which share one unless a migration speaks of a target's schema by name. */
export class TargetLines {
  readonly #migrations: readonly EffectfulMigration[];
  readonly #lines = new Map<string, TargetLine>();

  constructor(migrations: readonly Migration[], reader: EffectReader) {
    this.#migrations = migrations.map((migration) => ({
      migration,
      effects: reader.effects(migration, migration.up),
    }));
  }

  /** The line of one target. */
  of(schema: SchemaName): TargetLine {
    const key = this.#isNamed(schema) ? schema : '';
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const line = toLine(this.#migrations.map((each) => render(each, schema)));
    this.#lines.set(key, line);
    return line;
  }

  #isNamed(schema: SchemaName): boolean {
    return this.#migrations.some(({ effects }) => effects.some((effect) => namesSchema(effect, schema)));
  }
}

/** Whether an effect would be another one in another schema; `{{.Schema}}.` in front of a name is the same in all. */
function namesSchema(effect: SchemaEffect, schema: SchemaName): boolean {
  if (effect.does === 'blur-names') return false;
  const objects = effect.does === 'rename' ? [effect.object, effect.to] : [effect.object];
  return objects.some(
    (object) =>
      object.schema === schema || /\{\{\./.test(`${object.of ?? ''} ${object.name} ${object.within ?? ''}`),
  );
}

function render({ migration, effects }: EffectfulMigration, schema: SchemaName): EffectfulMigration {
  const { connection, backend, version } = migration;
  const values = { connection, schema, backend, version };
  return { migration, effects: effects.map((effect) => renderEffect(effect, values)) };
}

/** Puts a line together of migrations whose effects name nothing by placeholders any more. */
export function toLine(migrations: readonly EffectfulMigration[]): TargetLine {
  const predictor = new Predictor();
  const touched = new Map<string, MigrationId[]>();
  let before = new Map<string, Prediction>();
  for (const each of migrations) {
    predictor.run(each);
    for (const [key, prediction] of predictor.predictions) {
      if (before.get(key) === prediction) continue;
      touched.set(key, [...(touched.get(key) ?? []), each.migration.id]);
    }
    before = new Map(predictor.predictions);
  }
  const objects = [...predictor.predictions]
    .filter(([, { part }]) => !part)
    .map(([key, { object, made }]) => ({
      key,
      object,
      initially: made && isOfTarget(object) ? false : null,
      touchedBy: touched.get(key) ?? [],
    }));
  return { migrations, objects };
}

/** Other targets may make what is outside of the target's own schema. */
function isOfTarget({ schema, kind }: SchemaObject): boolean {
  return schema === null && kind !== 'schema' && kind !== 'extension';
}
