import type { CatalogEntry, Connection } from '@bfm/client';
import type { ConnectionName, SchemaName } from '@bfm/core';
import type { KnownConnection, KnownMigration } from '@bfm/service';
import type { Selecting } from '../modes/selecting.ts';
import type { Remote } from './open-remote.ts';

/** What is chosen from at a server: its migrations, its connections, and its tenants. */
export async function selectingAt({ ask, all }: Remote): Promise<Selecting> {
  const [entries, connections] = await Promise.all([
    all((client) => client.catalog()),
    ask((client) => client.connections()),
  ]);
  const migrations = entries.toSorted((a, b) => a.order - b.order).map(toMigration);
  return {
    catalog: { migrations, byId: new Map(migrations.map((migration) => [migration.id, migration])) },
    connections: new Map(connections.map(toConnection).map((known) => [known.name, known])),
    listTenants: (names: readonly ConnectionName[]) =>
      ask((client) => client.tenants(names)) as Promise<readonly SchemaName[]>,
    querySchemas: (name, query) =>
      ask((client) => client.querySchemas(name, query)) as Promise<readonly SchemaName[]>,
  };
}

function toMigration(entry: CatalogEntry): KnownMigration {
  const { migration_id: id, version, name, backend, connection, schema, tags } = entry;
  return { id, version, name, backend, connection, schema, tags } as KnownMigration;
}

function toConnection({ name, backend, lists_tenants: listsTenants }: Connection): KnownConnection {
  return { name, backend, tenants: listsTenants ? {} : null } as KnownConnection;
}
