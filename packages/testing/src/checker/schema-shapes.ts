import { catalogFingerprint, type FingerprintSource } from '../fingerprint/catalog-fingerprint.ts';
import type { Queryable } from './queryable.ts';

/** What a schema is made of, in words that leave out its name, which holds nothing but letters, digits and `_`. */
export async function shapeOf(source: FingerprintSource, schema: string): Promise<string> {
  const text = await catalogFingerprint(source, { schemas: [schema] });
  return text.replaceAll(new RegExp(`(?<!\\w)${schema}(?!\\w)`, 'g'), 'TENANT');
}

/** The schemas that are not made as the reference, with the first line that differs. */
export async function findMisshapen(
  db: Queryable,
  schemas: readonly string[],
  reference: string,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const schema of schemas) {
    const shape = await shapeOf(db, schema);
    if (shape !== reference) found.push(`${schema} is made otherwise: ${firstDifference(reference, shape)}`);
  }
  return found;
}

function firstDifference(expected: string, found: string): string {
  const [here, there] = [new Set(expected.split('\n')), new Set(found.split('\n'))];
  const missing = [...here].find((line) => !there.has(line));
  const surplus = [...there].find((line) => !here.has(line));
  return [
    ...(missing === undefined ? [] : [`without ${missing}`]),
    ...(surplus === undefined ? [] : [`with ${surplus}`]),
  ].join(', ');
}
