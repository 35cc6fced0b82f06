import type { Migration, MigrationId } from '@bfm/core';
import { renderName, type PlaceholderValues, type SchemaEffect, type SchemaObject } from '@bfm/engine';

/** What is known of an object after some migrations have run. */
export interface Prediction {
  readonly object: SchemaObject;
  /** `null`: nobody can tell. */
  readonly there: boolean | null;
  /** The migration that brought this about; `null`: none of those that ran. */
  readonly by: MigrationId | null;
  /** Came with something larger and was never spoken of by itself: it need not be looked up. */
  readonly part: boolean;
  /** The first that was heard of it is that it was made; else it was there before, for all that is known. */
  readonly made: boolean;
}

/** A migration with what it does in a target. */
export interface EffectfulMigration {
  readonly migration: Migration;
  readonly effects: readonly SchemaEffect[];
}

/** Equal for the same object, whatever it is called for people. */
export function objectKey({ kind, schema, of, name }: SchemaObject): string {
  return JSON.stringify([kind, schema, of, name]);
}

/** Fills in placeholders; the target's own schema is told by `null`. */
export function renderEffect(effect: SchemaEffect, values: PlaceholderValues): SchemaEffect {
  if (effect.does === 'blur-names') return effect;
  const object = renderObject(effect.object, values);
  return effect.does === 'rename'
    ? { ...effect, object, to: renderObject(effect.to, values) }
    : { ...effect, object };
}

function renderObject(object: SchemaObject, values: PlaceholderValues): SchemaObject {
  const render = (name: string | null): string | null => (name === null ? null : renderName(name, values));
  const schema = render(object.schema);
  return {
    ...object,
    schema: schema === values.schema ? null : schema,
    of: render(object.of),
    name: renderName(object.name, values),
    within: render(object.within),
  };
}

/** What goes on where its owner is dropped with all that depends on it: nobody can tell which of these depend. */
const DEPENDENT: ReadonlySet<string> = new Set([
  'view',
  'constraint',
  'trigger',
  'policy',
  'function',
  'column',
]);

/** What is in a schema after some migrations have run there, in their order, as far as their texts tell. */
export class Predictor {
  readonly #found = new Map<string, Prediction>();

  /** Every object that was spoken of, by {@link objectKey}. */
  get predictions(): ReadonlyMap<string, Prediction> {
    return this.#found;
  }

  /** Lets a migration run. */
  run({ migration: { id }, effects }: EffectfulMigration): void {
    for (const effect of effects) this.#take(effect, id);
  }

  #take(effect: SchemaEffect, by: MigrationId): void {
    switch (effect.does) {
      case 'make':
        this.#set(effect.object, { there: true, by, part: effect.part });
        return;
      case 'drop':
        this.#drop(effect.object, effect.cascade, by);
        return;
      case 'rename':
        this.#rename(effect.object, effect.to, by);
        return;
      case 'blur':
        this.#set(effect.object, { there: null, by, part: false });
        return;
      case 'blur-names':
        this.#blurNames(effect.names, by);
    }
  }

  #set(object: SchemaObject, said: Omit<Prediction, 'object' | 'made'>): void {
    const key = objectKey(object);
    const before = this.#found.get(key);
    const isRepeated = said.there === true && before?.there === true;
    this.#found.set(key, {
      object,
      there: said.there,
      by: isRepeated ? before.by : said.by,
      part: said.part && (before?.part ?? true),
      made: before?.made ?? said.there === true,
    });
  }

  #drop(object: SchemaObject, cascade: boolean, by: MigrationId): void {
    this.#set(object, { there: false, by, part: false });
    for (const { object: other, there } of [...this.#found.values()]) {
      if (there !== true) continue;
      if (belongsTo(other, object)) this.#drop(other, cascade, by);
      else if (mayGoWith(other, object, cascade)) this.#blur(other, by);
    }
  }

  #rename(from: SchemaObject, to: SchemaObject, by: MigrationId): void {
    const before = this.#found.get(objectKey(from));
    const parts = [...this.#found.values()].filter(({ object }) => isPartOf(object, from));
    this.#set(from, { there: false, by, part: false });
    this.#set(to, { there: before?.there ?? true, by, part: false });
    for (const { object, there, part, by: maker } of parts) {
      const within = object.within === from.name ? to.name : object.within;
      // An index keeps its own name; what is of the table has it in front.
      const moved =
        object.of === null
          ? { ...object, schema: to.schema, within }
          : { ...object, schema: to.schema, of: to.name };
      if (objectKey(moved) !== objectKey(object)) this.#set(object, { there: false, by, part });
      this.#found.set(objectKey(moved), { object: moved, there, by: maker, part, made: true });
    }
  }

  #blurNames(names: ReadonlySet<string> | null, by: MigrationId): void {
    for (const { object } of [...this.#found.values()]) {
      if (names === null || names.has(object.name.toLowerCase())) this.#blur(object, by);
    }
  }

  #blur(object: SchemaObject, by: MigrationId): void {
    this.#set(object, { there: null, by, part: true });
  }
}

/** A column, constraint or the like of a table, or an index or partition of it. */
function isPartOf(part: SchemaObject, whole: SchemaObject): boolean {
  if (part.schema !== whole.schema) return false;
  if (part.of === whole.name) {
    return part.kind === 'enum_value' ? whole.kind === 'type' : whole.kind === 'relation';
  }
  return part.within === whole.name && whole.kind === 'relation';
}

function belongsTo(part: SchemaObject, whole: SchemaObject): boolean {
  return whole.kind === 'schema' ? part.schema === whole.name : isPartOf(part, whole);
}

/** Indexes and constraints go with a column of theirs, and which are its is not known. */
function mayGoWith(other: SchemaObject, dropped: SchemaObject, cascade: boolean): boolean {
  if (cascade && DEPENDENT.has(other.word)) return true;
  if (dropped.kind === 'constraint') return other.kind === 'relation' && other.name === dropped.name;
  if (dropped.kind !== 'column' || other.schema !== dropped.schema) return false;
  return other.within === dropped.of || (other.of === dropped.of && other.kind !== 'column');
}
