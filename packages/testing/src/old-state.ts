import type { TestDatabase } from './test-database.ts';

/** The tables of an existing Go BFM (BFM-V1-CONTRACT.md 2.7), in the schema that a search path names first. */
const TABLES = `
CREATE TABLE migrations_list (
  migration_id varchar(255) PRIMARY KEY, schema varchar(255) NOT NULL, version varchar(50) NOT NULL,
  name varchar(255) NOT NULL, connection varchar(255) NOT NULL, backend varchar(50) NOT NULL,
  up_sql varchar(255), down_sql varchar(255), dependencies text[], structured_dependencies jsonb,
  status varchar(50) NOT NULL DEFAULT 'pending',
  created_at timestamp DEFAULT CURRENT_TIMESTAMP, updated_at timestamp DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE migrations_history (
  id serial PRIMARY KEY, migration_id varchar(255) NOT NULL REFERENCES migrations_list ON DELETE CASCADE,
  schema varchar(255) NOT NULL, version varchar(50) NOT NULL, connection varchar(255) NOT NULL,
  backend varchar(50) NOT NULL, status varchar(20) NOT NULL, error_message text, executed_by varchar(255),
  execution_method varchar(20) NOT NULL DEFAULT 'api', execution_context text,
  applied_at timestamp DEFAULT CURRENT_TIMESTAMP, created_at timestamp DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE migrations_executions (
  migration_id varchar(255) NOT NULL REFERENCES migrations_list ON DELETE CASCADE, schema varchar(255) NOT NULL,
  version varchar(50) NOT NULL, connection varchar(255) NOT NULL, backend varchar(50) NOT NULL,
  status varchar(20) NOT NULL, applied boolean NOT NULL DEFAULT false, applied_at timestamp, actions text,
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (migration_id, schema, version, connection, backend));
CREATE TABLE migrations_dependencies (
  id serial PRIMARY KEY, migration_id varchar(255) NOT NULL REFERENCES migrations_list ON DELETE CASCADE,
  dependency_id varchar(255) NOT NULL REFERENCES migrations_list ON DELETE CASCADE,
  connection varchar(255) NOT NULL, schema text[] NOT NULL, target varchar(255) NOT NULL,
  target_type varchar(20) NOT NULL DEFAULT 'name', requires_table varchar(255), requires_schema varchar(255),
  created_at timestamp DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE migrations_skipped (
  id serial PRIMARY KEY, migration_id varchar(255) NOT NULL REFERENCES migrations_list ON DELETE CASCADE,
  schema varchar(255) NOT NULL, version varchar(50) NOT NULL, connection varchar(255) NOT NULL,
  backend varchar(50) NOT NULL, executed_by varchar(255), execution_method varchar(20) NOT NULL DEFAULT 'api',
  execution_context text, skipped_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);`;

/** A migration as an existing Go BFM names it. */
export interface OldMigration {
  readonly version: string;
  readonly name: string;
  readonly connection: string;
  readonly backend?: string;
}

/** What an existing Go BFM has written down, built up as it does it; only what it says, nothing of what it ran. */
export class OldState {
  readonly #db: TestDatabase;
  readonly #schema: string;

  constructor(db: TestDatabase, schema = 'public') {
    this.#db = db;
    this.#schema = schema;
  }

  /** Makes the tables. */
  async create(): Promise<void> {
    await this.#run(`CREATE SCHEMA IF NOT EXISTS ${this.#schema}`);
    await this.#run(TABLES);
  }

  /** A run that went well: a pending row and an applied one, at this time. */
  async applied(migration: OldMigration, schema: string, at = '2025-06-01 10:00:00'): Promise<void> {
    await this.#list(idOf(migration), migration, 'applied');
    await this.#history(idOf(migration), migration, { schema, status: 'pending', at });
    await this.#history(idOf(migration), migration, { schema, status: 'applied', at });
    await this.#execution(idOf(migration), migration, { schema, status: 'applied', at });
  }

  /** A run that failed: the execution is written over, whatever it said before. */
  async failed(migration: OldMigration, schema: string, at = '2025-06-02 10:00:00'): Promise<void> {
    await this.#list(idOf(migration), migration, 'failed');
    await this.#history(idOf(migration), migration, { schema, status: 'pending', at });
    await this.#history(idOf(migration), migration, { schema, status: 'failed', at });
    await this.#execution(idOf(migration), migration, { schema, status: 'failed', at });
  }

  /** A run that began and was never heard of again. */
  async pending(migration: OldMigration, schema: string, at = '2025-06-02 10:00:00'): Promise<void> {
    await this.#list(idOf(migration), migration, 'pending');
    await this.#history(idOf(migration), migration, { schema, status: 'pending', at });
    await this.#execution(idOf(migration), migration, { schema, status: 'pending', at });
  }

  /** A rollback through /rollback: history says so, the execution becomes pending, the list keeps `applied`. */
  async rolledBack(migration: OldMigration, schema: string, at = '2025-06-03 10:00:00'): Promise<void> {
    await this.#history(idOf(migration), migration, { schema, status: 'rolled_back', at });
    await this.#execution(idOf(migration), migration, { schema, status: 'pending', at });
  }

  /** A rollback through /down: everything goes to a phantom, and the execution of the migration keeps `applied`. */
  async down(migration: OldMigration, schema: string, at = '2025-06-03 10:00:00'): Promise<void> {
    const phantom = `${idOf(migration)}_down`;
    await this.#list(phantom, migration, 'rolled_back');
    await this.#history(phantom, migration, { schema, status: 'rolled_back', at });
    await this.#execution(phantom, migration, { schema, status: 'pending', at });
  }

  /** Only a row of the list, as a reindex makes it. */
  async listed(migration: OldMigration, status: string): Promise<void> {
    await this.#list(idOf(migration), migration, status);
  }

  /** Anything else, with its tables in the search path. */
  async #run(sql: string): Promise<void> {
    await this.#db.query(`SET search_path = ${this.#schema}; ${sql}; RESET search_path`);
  }

  async #list(id: string, migration: OldMigration, status: string): Promise<void> {
    await this
      .#run(`INSERT INTO migrations_list AS l (migration_id, schema, version, name, connection, backend, status)
      VALUES (${values(id, '', migration.version, migration.name, migration.connection, backendOf(migration), status)})
      ON CONFLICT (migration_id) DO UPDATE SET status = CASE WHEN l.status = 'applied' THEN l.status ELSE excluded.status END`);
  }

  async #history(id: string, migration: OldMigration, row: OldRow): Promise<void> {
    await this.#run(`INSERT INTO migrations_history
      (migration_id, schema, version, connection, backend, status, executed_by, applied_at, created_at)
      VALUES (${values(id, row.schema, migration.version, migration.connection, backendOf(migration), row.status, 'api_user', row.at, row.at)})`);
  }

  async #execution(id: string, migration: OldMigration, row: OldRow): Promise<void> {
    const applied = row.status === 'applied';
    await this.#run(`INSERT INTO migrations_executions
      (migration_id, schema, version, connection, backend, status, applied, applied_at)
      VALUES (${values(id, row.schema, migration.version, migration.connection, backendOf(migration), row.status)},
        ${applied}, ${applied ? values(row.at) : 'NULL'})
      ON CONFLICT (migration_id, schema, version, connection, backend) DO UPDATE
      SET status = excluded.status, applied = excluded.applied, applied_at = excluded.applied_at`);
  }
}

interface OldRow {
  readonly schema: string;
  readonly status: string;
  readonly at: string;
}

function backendOf({ backend = 'postgresql' }: OldMigration): string {
  return backend;
}

function idOf(migration: OldMigration): string {
  return `${migration.version}_${migration.name}_${backendOf(migration)}_${migration.connection}`;
}

function values(...texts: readonly string[]): string {
  return texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ');
}
