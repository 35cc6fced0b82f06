import { compareText, type SchemaName } from '@bfm/core';
import type { LedgerKeeper } from '@bfm/engine';
import { inParallel } from '../editing/in-parallel.ts';

/** Schemas that are made of the same objects. */
export interface SchemaKind {
  readonly catalogChecksum: string;
  /** Ordered. */
  readonly schemas: readonly SchemaName[];
  /** How they differ from the kind that most schemas are of; `null` for that one, or when it was not looked into. */
  readonly differences: SchemaDifferences | null;
}

/** What a schema lacks and has, compared with another, as items of {@link LedgerKeeper.catalogItems}. */
export interface SchemaDifferences {
  readonly lacks: readonly string[];
  readonly has: readonly string[];
}

/** Schemas of one question: few enough for an answer within seconds, enough not to be held up by questions. */
const CHUNK = 100;
/** Questions at once; the store's own budget of connections applies besides. */
const CHUNKS_AT_ONCE = 4;
/** So many odd kinds are looked into; more are not odd any more. */
const KINDS_EXPLAINED_MAX = 5;

/** The checksums of many schemas, some at a time: a fleet is read on several connections. */
export async function readChecksums(
  schemas: readonly SchemaName[],
  keeper: Pick<LedgerKeeper, 'catalogChecksums'>,
): Promise<ReadonlyMap<SchemaName, string>> {
  const count = Math.ceil(schemas.length / CHUNK);
  const chunks = Array.from({ length: count }, (_, index) =>
    schemas.slice(index * CHUNK, (index + 1) * CHUNK),
  );
  const answers = await inParallel(chunks, CHUNKS_AT_ONCE, (chunk) => keeper.catalogChecksums(chunk));
  return new Map(answers.flatMap((answer) => [...answer]));
}

/** Groups schemas by what they are made of, the largest group first. */
export function toSchemaKinds(checksums: ReadonlyMap<SchemaName, string>): readonly SchemaKind[] {
  const groups = Map.groupBy([...checksums.keys()], (schema) => checksums.get(schema) ?? '');
  return [...groups]
    .map(([catalogChecksum, schemas]) => ({
      catalogChecksum,
      schemas: schemas.sort(compareText),
      differences: null,
    }))
    .sort(
      (a, b) => b.schemas.length - a.schemas.length || compareText(a.schemas[0] ?? '', b.schemas[0] ?? ''),
    );
}

/** The same kinds, the first odd ones with what makes them differ from the largest. */
export async function explainKinds(
  kinds: readonly SchemaKind[],
  keeper: LedgerKeeper,
): Promise<readonly SchemaKind[]> {
  const [usual] = kinds;
  const example = usual?.schemas[0];
  if (example === undefined || kinds.length === 1) return kinds;
  const items = new Set(await keeper.catalogItems(example));
  return Promise.all(
    kinds.map(async (kind, index) => {
      const [schema] = kind.schemas;
      if (index === 0 || index > KINDS_EXPLAINED_MAX || schema === undefined) return kind;
      const others = new Set(await keeper.catalogItems(schema));
      const differences = { lacks: [...items.difference(others)], has: [...others.difference(items)] };
      return { ...kind, differences };
    }),
  );
}
