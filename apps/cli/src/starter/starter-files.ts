import type { Version } from '@bfm/core';
import type { StarterFile } from './new-migration.ts';

/** What a starter tree is made for. */
export interface StarterOptions {
  readonly connection: string;
  readonly version: Version;
  /** Whether an example migration belongs to it; not where there are migrations already. */
  readonly example: boolean;
}

/** The files that a project begins with, their paths relative to its folder. */
export function starterFiles({ connection, version, example }: StarterOptions): readonly StarterFile[] {
  const prefix = connection.toUpperCase().replaceAll('-', '_');
  const stem = `sfm/postgresql/${connection}/${version}_create_notes`;
  return [
    { path: 'bfm.yaml', content: configOf(connection, prefix) },
    { path: '.env.example', content: variablesOf(prefix) },
    ...(example
      ? [
          { path: `${stem}.up.sql`, content: EXAMPLE_UP },
          { path: `${stem}.down.sql`, content: EXAMPLE_DOWN },
        ]
      : []),
  ];
}

function configOf(connection: string, prefix: string): string {
  return `# Settings of bfm. Variables go before them, so that each machine says with ${prefix}_URL where its database is.
connections:
  ${connection}:
    backend: postgresql
    # The schema of migrations that name none; without it they run once in each tenant's schema.
    # schema: app
    # Where tenants are listed, for --all-tenants:
    # tenants:
    #   query: SELECT schema_name FROM app.tenants
`;
}

function variablesOf(prefix: string): string {
  return `# Copy this to .env, keep that out of version control, and use it with bfm --env-file .env
${prefix}_URL=postgres://user:password@localhost:5432/app
`;
}

const EXAMPLE_UP = `-- bfm: schema=app
CREATE TABLE app.notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
`;

const EXAMPLE_DOWN = `DROP TABLE app.notes;
`;
