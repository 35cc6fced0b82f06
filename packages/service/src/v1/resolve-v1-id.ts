import type { Migration } from '@bfm/core';

/** What a migration is called by: of one in the catalog, or of one whose file has gone. */
export type NamedMigration = Pick<Migration, 'id' | 'version' | 'name' | 'backend' | 'connection' | 'schema'>;

/** A migration that an id names. */
export interface ResolvedId {
  readonly migration: NamedMigration;
  /** The schema that the id names besides, as it stands in the id; `null`: none. */
  readonly schema: string | null;
}

/**
 * Finds what an id of the v1 wire names: the base id, `{schema}_{id}`, or one of the forms that older clients keep:
 * `{version}_{name}`, `{connection}_{version}_{name}` and `{schema}_{connection}_{version}_{name}`, in which `/` of a
 * schema may be `_` (BFM-V1-CONTRACT.md 2.5 and 3.10). Ids are compared, never taken apart: names, schemas and connections
 * may hold `_`, too. The longer a form, the earlier it counts; `null` when nothing fits, or several in the same form.
 *
 * @param migrations only those whose version stands in the id are looked at
 */
export function resolveV1Id(text: string, migrations: Iterable<NamedMigration>): ResolvedId | null {
  const found: (ResolvedId & { readonly rank: number })[] = [];
  for (const migration of migrations) {
    if (!text.includes(migration.version)) continue;
    const match = matchForms(text, migration);
    if (match !== null) found.push({ ...match, migration });
  }
  const best = Math.min(...found.map(({ rank }) => rank));
  const [first, second] = found.filter(({ rank }) => rank === best);
  if (first === undefined || second !== undefined) return null;
  return { migration: first.migration, schema: first.schema };
}

interface FormMatch {
  readonly schema: string | null;
  /** Smaller is surer. */
  readonly rank: number;
}

function matchForms(text: string, migration: NamedMigration): FormMatch | null {
  const { id, version, name, connection } = migration;
  const short = `${version}_${name}`;
  const placed = `${connection}_${short}`;
  if (text === id) return { schema: null, rank: 0 };
  const schema = prefixOf(text, id, migration);
  if (schema !== null) return { schema, rank: 1 };
  if (text === placed) return { schema: null, rank: 2 };
  if (text === short) return { schema: null, rank: 3 };
  const older = prefixOf(text, placed, migration);
  return older === null ? null : { schema: older, rank: 4 };
}

/** What stands before an id; of a fixed migration it must be its schema. */
function prefixOf(text: string, id: string, { schema }: NamedMigration): string | null {
  if (!text.endsWith(`_${id}`)) return null;
  const prefix = text.slice(0, -id.length - 1);
  if (prefix === '') return null;
  if (schema === null) return prefix;
  return prefix === schema || prefix === schema.replaceAll('/', '_') ? schema : null;
}
