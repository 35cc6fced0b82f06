import type { ConnectionName, SchemaName } from '@bfm/core';
import {
  listTenants,
  querySchemas,
  type KnownCatalog,
  type KnownConnection,
  type ServiceContext,
} from '@bfm/service';

/** What targets and migrations are chosen from, here or at a server. */
export interface Selecting {
  readonly catalog: KnownCatalog;
  readonly connections: ReadonlyMap<ConnectionName, KnownConnection>;
  /** The schemas of all tenants of these connections; none: of all. */
  readonly listTenants: (connections: readonly ConnectionName[]) => Promise<readonly SchemaName[]>;
  /** Asks a connection's database for schema names. */
  readonly querySchemas: (connection: ConnectionName, query: string) => Promise<readonly SchemaName[]>;
}

/** What direct mode chooses from: the migrations of the folder, and the databases themselves. */
export function selectingIn(context: ServiceContext): Selecting {
  const { catalog, connections } = context;
  return {
    catalog,
    connections,
    listTenants: (names) => listTenants(names, context),
    querySchemas: (connection, query) => querySchemas(connection, query, context),
  };
}
