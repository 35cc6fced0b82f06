import { BfmError, type Migration } from '@bfm/core';
import type { SeenMigration } from '@bfm/engine';
import type { ControlContext } from '../control/control-context.ts';
import { resolveV1Id, type NamedMigration } from './resolve-v1-id.ts';

/** A migration that an id of the v1 wire names. */
export interface V1Known {
  /** What was asked for, and is echoed. */
  readonly asked: string;
  readonly named: NamedMigration;
  /** The schema that the id names, or that of a fixed migration; `null`: all targets are meant. */
  readonly schema: string | null;
  /** `null`: its file is gone, or faulty. */
  readonly present: Migration | null;
  /** As it was last seen; `null` when it is present. */
  readonly seen: SeenMigration | null;
}

const VERSION = /(?=(\d{14}))/g;
/** Nobody's id is longer, and looking through longer ones would cost. */
const LENGTH_MAX = 1_024;

/** Finds what an id names, among what there is and what there was; `null`: nothing. */
export async function findV1(text: string, control: ControlContext): Promise<V1Known | null> {
  if (text.length > LENGTH_MAX) return null;
  const { byId, migrations } = control.catalogs.current().catalog;
  const here = resolveV1Id(text, migrations);
  if (here !== null) {
    const { migration, schema } = here;
    return {
      asked: text,
      named: migration,
      schema: migration.schema ?? schema,
      present: byId.get(migration.id) ?? null,
      seen: null,
    };
  }
  const versions = new Set([...text.matchAll(VERSION)].map(([, version = '']) => version));
  if (versions.size === 0) return null;
  const seen = await control.state.read((state) => state.migrations.ofVersions([...versions]));
  const gone = resolveV1Id(text, seen as readonly (SeenMigration & NamedMigration)[]);
  if (gone === null) return null;
  const { migration, schema } = gone;
  return {
    asked: text,
    named: migration,
    schema: migration.schema ?? schema,
    present: null,
    seen: seen.find(({ id }) => id === migration.id) ?? null,
  };
}

/** The same for those that must know it. @throws {migration.not_found} */
export async function requireV1(text: string, control: ControlContext): Promise<V1Known> {
  const known = await findV1(text, control);
  if (known === null) throw toV1NotFound('migration not found', text);
  return known;
}

/** The refusal of an id that names nothing. */
export function toV1NotFound(message: string, text: string): BfmError {
  return new BfmError('migration.not_found', {
    message,
    details: { where: { migration_id: text.slice(0, 200) } },
    next: 'GET /api/v1/migrations lists the ids',
  });
}
