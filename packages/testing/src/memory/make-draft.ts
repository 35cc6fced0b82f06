import { parseConnectionName, parseSchemaName, parseVersion, type Checksum, type Script } from '@bfm/core';
import type { MigrationDraft } from '@bfm/engine';

/** What a draft is made of, as plain texts. */
export interface DraftParts {
  /** 14 digits. */
  readonly version: string;
  readonly name?: string;
  readonly connection?: string;
  /** `null`: dynamic. @default 'main' */
  readonly schema?: string | null;
  /** As `depends-on` would say them: `name` or `connection/name`. */
  readonly dependsOn?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** Statements of the up file. @default one that names the migration */
  readonly up?: readonly string[];
  /** Statements of the down file; `null`: there is none. */
  readonly down?: readonly string[] | null;
}

/** Makes a draft for tests; statements are joined with `;` and cut apart again by {@link wordCompiler}. */
export function makeDraft(parts: DraftParts): MigrationDraft {
  const version = must(parseVersion(parts.version));
  const name = parts.name ?? `m${parts.version.slice(-4)}`;
  const connection = must(nameOf(parseConnectionName(parts.connection ?? 'app')));
  const schema = parts.schema === undefined ? 'main' : parts.schema;
  const stem = `postgresql/${connection}/${version}_${name}`;
  const down = parts.down === undefined ? [`undo ${name}`] : parts.down;
  return {
    version,
    name,
    backend: 'postgresql',
    connection,
    schema: schema === null ? null : must(nameOf(parseSchemaName(schema))),
    tags: parts.tags ?? {},
    dependencies: (parts.dependsOn ?? []).map((text) => toRef(text, `${stem}.up.sql`)),
    requires: { tables: [], schemas: [] },
    up: toScript(`${stem}.up.sql`, parts.up ?? [`do ${name}`]),
    down: down === null ? null : toScript(`${stem}.down.sql`, down),
  };
}

function toRef(text: string, file: string): MigrationDraft['dependencies'][number] {
  const [first = '', second] = text.split('/');
  const connection = second === undefined ? null : must(nameOf(parseConnectionName(first)));
  return { connection, target: second ?? first, text, where: { file, line: 1 } };
}

function toScript(path: string, statements: readonly string[]): Script {
  const text = statements.join(';');
  return {
    path,
    text,
    // Texts of tests are short and differ: they can stand for their own hash.
    checksum: `sum(${text})` as Checksum,
    execution: {
      transaction: 'per-migration',
      lockTimeoutMs: null,
      statementTimeoutMs: null,
      batchSize: null,
      batchPauseMs: null,
      verify: null,
    },
  };
}

function nameOf<T>(result: { readonly ok: true; readonly name: T } | { readonly ok: false }): T | null {
  return result.ok ? result.name : null;
}

function must<T>(value: T | null): T {
  if (value === null) throw new Error('a test gave a name that is none');
  return value;
}
