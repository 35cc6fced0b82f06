import type {
  BackendName,
  ConnectionName,
  Requirements,
  SchemaName,
  Script,
  Version,
  Where,
} from '@bfm/core';

/** A dependency as a file states it, not yet looked up. */
export interface DependencyRef {
  /** The connection named, or `null` for the file's own. */
  readonly connection: ConnectionName | null;
  /** A version, a name, or a whole migration id. */
  readonly target: string;
  /** The text as it stands in the file, for messages. */
  readonly text: string;
  /** Where it stands. */
  readonly where: Where;
}

/** One migration as read from its files: everything is parsed, nothing is looked up elsewhere. */
export interface MigrationDraft {
  readonly version: Version;
  readonly name: string;
  readonly backend: BackendName;
  readonly connection: ConnectionName;
  /** The schema its files name; `null` when they name none. */
  readonly schema: SchemaName | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly dependencies: readonly DependencyRef[];
  readonly requires: Requirements;
  readonly up: Script;
  readonly down: Script | null;
}
