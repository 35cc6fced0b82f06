import type { BackendName, Version } from '@bfm/core';

/** A migration that is to be begun. */
export interface NewMigration {
  readonly backend: BackendName;
  readonly connection: string;
  readonly version: Version;
  readonly name: string;
  /** The schema it names; `null`: it is dynamic, or its connection sets one. */
  readonly schema: string | null;
  /** Whether it runs outside of a transaction. */
  readonly bare: boolean;
}

/** A file to be written, its path relative to the folder of migrations. */
export interface StarterFile {
  readonly path: string;
  readonly content: string;
}

const HINTS = `-- What else can stand at the head of this file, each on a line that begins with "-- bfm:":
--   depends-on=core/create_organizations       another migration that must be applied first
--   requires-table=core.organizations          a table that must be there, whoever made it
--   tags=tier=critical, team=billing           for --tag
--   lock-timeout=2s, statement-timeout=10min   how long to wait for locks, and how long a statement may take
--   transaction=none                           for CREATE INDEX CONCURRENTLY and the like
--   batch=5000                                 a backfill: one statement limited by :batch, until no rows are left
--   verify=SELECT count(*) = 0 FROM ...        what must be true before it is committed
`;

/** The pair of files a migration begins as, with hints in it and nothing that would run. */
export function newMigrationFiles(migration: NewMigration): readonly StarterFile[] {
  const { backend, connection, version, name } = migration;
  const stem = `${backend}/${connection}/${version}_${name}`;
  if (backend === 'etcd') {
    const content = `${JSON.stringify(toEtcdDocument(migration), null, 2)}\n`;
    return [
      { path: `${stem}.up.json`, content },
      { path: `${stem}.down.json`, content: `${JSON.stringify({ operations: [] }, null, 2)}\n` },
    ];
  }
  return [
    { path: `${stem}.up.sql`, content: `${headOf(migration, 'up')}${HINTS}\n` },
    {
      path: `${stem}.down.sql`,
      content: `${headOf(migration, 'down')}-- Undoes ${version}_${name}.up.sql. Without this file it can never be rolled back.\n\n`,
    },
  ];
}

function headOf({ schema, bare }: NewMigration, direction: 'up' | 'down'): string {
  const directives = [
    // The up file's speaks for the migration; the transaction is each file's own affair.
    ...(schema === null || direction === 'down' ? [] : [`schema=${schema}`]),
    ...(bare ? ['transaction=none'] : []),
  ];
  return directives.map((directive) => `-- bfm: ${directive}\n`).join('');
}

function toEtcdDocument({ schema }: NewMigration): Record<string, unknown> {
  return { ...(schema === null ? {} : { bfm: { schema } }), operations: [] };
}
