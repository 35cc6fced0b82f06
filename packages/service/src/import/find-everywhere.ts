import type { SchemaName } from '@bfm/core';
import type { ObjectFinder } from '@bfm/engine';
import { inParallel } from '../editing/in-parallel.ts';
import type { TargetLine, TargetLines } from './target-line.ts';

/** Schemas of one question. */
const CHUNK = 100;
/** Questions at once; the store's own budget of connections applies besides. */
const CHUNKS_AT_ONCE = 4;

/** Looks up the objects of many targets, some targets at a time. */
export async function findEverywhere(
  schemas: readonly SchemaName[],
  lines: TargetLines,
  finder: ObjectFinder,
): Promise<ReadonlyMap<SchemaName, string>> {
  const byLine = Map.groupBy(schemas, (schema) => lines.of(schema));
  const questions = [...byLine].flatMap(([line, those]) => chunksOf(those).map((chunk) => ({ line, chunk })));
  const answers = await inParallel(questions, CHUNKS_AT_ONCE, ({ line, chunk }) => ask(line, chunk, finder));
  return new Map(answers.flatMap((answer) => [...answer]));
}

function ask(
  { objects }: TargetLine,
  schemas: readonly SchemaName[],
  finder: ObjectFinder,
): Promise<ReadonlyMap<SchemaName, string>> {
  return finder.findObjects(
    objects.map(({ object }) => object),
    schemas,
  );
}

function chunksOf(schemas: readonly SchemaName[]): readonly (readonly SchemaName[])[] {
  const count = Math.ceil(schemas.length / CHUNK);
  return Array.from({ length: count }, (_, index) => schemas.slice(index * CHUNK, (index + 1) * CHUNK));
}
