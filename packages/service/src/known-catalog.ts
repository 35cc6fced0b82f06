import type { BackendName, ConnectionName, Migration, MigrationId } from '@bfm/core';

/** What is known of a migration without its files. */
export type KnownMigration = Pick<
  Migration,
  'id' | 'version' | 'name' | 'backend' | 'connection' | 'schema' | 'tags'
>;

/** All migrations, as far as is needed to choose from them and to speak of them; a catalog is one. */
export interface KnownCatalog {
  /** In canonical order. */
  readonly migrations: readonly KnownMigration[];
  readonly byId: ReadonlyMap<MigrationId, KnownMigration>;
}

/** What is known of a connection wherever it is configured; {@link ConnectionInfo} is one. */
export interface KnownConnection {
  readonly name: ConnectionName;
  readonly backend: BackendName;
  /** `null`: it cannot list its tenants. */
  readonly tenants: object | null;
}
