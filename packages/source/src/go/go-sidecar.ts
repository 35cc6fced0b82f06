import type { MigrationIdParts, RequiredTable } from '@bfm/core';
import type { Directives, FoundDependency } from '../directives/interpret-directives.ts';
import { readDependency, readSchema, readTag } from '../directives/value-readers.ts';
import {
  findConstants,
  findStructs,
  readGoString,
  readGoStrings,
  readGoStructs,
  type GoConstants,
  type GoStruct,
  type GoValue,
} from './go-literal.ts';
import { readGoTokens } from './go-token.ts';

/** What a sidecar says of its migration: the same as directives would, but for execution. */
export type SidecarFacts = Omit<Directives, 'execution'>;

/** Something about a sidecar that cannot be read. */
export interface SidecarFault {
  readonly code: 'migration.sidecar_invalid';
  readonly index: number;
  readonly message: string;
  readonly mend: string;
}

/** A sidecar read: its facts, or `null` when it holds no migration at all. */
export interface ReadSidecar {
  readonly facts: SidecarFacts | null;
  readonly faults: readonly SidecarFault[];
  /** What was understood but is not used. */
  readonly warnings: readonly SidecarFault[];
}

const MEND =
  'a sidecar is read, never run: write texts in quotes, or use `-- bfm:` directives in the up file instead';

/** Fields that only a migration's literal has, by the names the Go BFM gave them. */
const MIGRATION_FIELDS = [
  'UpSQL',
  'DownSQL',
  'Version',
  'Name',
  'Dependencies',
  'StructuredDependencies',
  'Tags',
] as const;

/** Fields by which a literal says which migration it is; each must agree with the file's name if it is written out. */
const IDENTITY_FIELDS = {
  Version: 'version',
  Name: 'name',
  Backend: 'backend',
  Connection: 'connection',
} as const;

/**
 * Reads the Go sidecar of a migration: `Schema`, `Dependencies`, `StructuredDependencies` and `Tags` of the struct
 * literal that describes it. The subset: keyed struct literals at any place of the file; strings as literals, string
 * constants of the same file, and `+` of those; slices written out. All other Go is passed over unread. A literal whose
 * Version, Name, Backend or Connection are written out and differ from the file's name belongs to another migration.
 */
export function readGoSidecar(source: string, parts: MigrationIdParts): ReadSidecar {
  const read = readGoTokens(source);
  if (!read.ok) return without(refuse(read.index, read.message));
  const constants = findConstants(read.tokens);
  const described = findStructs(read.tokens).filter(isMigration);
  const [own, second] = described.filter((struct) => isOwn(struct, parts, constants));
  const [other] = described;
  if (second !== undefined) return without(refuse(second.index, 'the migration is described twice'));
  if (own !== undefined) return new FactsReader(parts, constants).read(own);
  if (other === undefined) return { facts: null, faults: [], warnings: [] };
  return without(refuse(other.index, 'it describes another migration than its file name does'));
}

function without(fault: SidecarFault): ReadSidecar {
  return { facts: null, faults: [fault], warnings: [] };
}

function isMigration(struct: GoStruct): boolean {
  return MIGRATION_FIELDS.some((field) => struct.fields.has(field));
}

function isOwn(struct: GoStruct, parts: MigrationIdParts, constants: GoConstants): boolean {
  return Object.entries(IDENTITY_FIELDS).every(([field, part]) => {
    const value = struct.fields.get(field);
    const text = value === undefined ? null : readGoString(value, constants);
    return text === null || text === parts[part];
  });
}

class FactsReader {
  readonly #parts: MigrationIdParts;
  readonly #constants: GoConstants;
  readonly #faults: SidecarFault[] = [];
  readonly #warnings: SidecarFault[] = [];
  readonly #dependencies: FoundDependency[] = [];
  readonly #tables: RequiredTable[] = [];
  readonly #schemas: string[] = [];
  readonly #tags = new Map<string, string>();

  constructor(parts: MigrationIdParts, constants: GoConstants) {
    this.#parts = parts;
    this.#constants = constants;
  }

  read({ fields }: GoStruct): ReadSidecar {
    const schema = this.#readSchema(fields.get('Schema'));
    for (const { text, index } of this.#strings(fields.get('Dependencies'))) {
      this.#addDependency(text, index, text);
    }
    for (const { text, index } of this.#strings(fields.get('Tags'))) this.#addTag(text, index);
    for (const struct of this.#structs(fields.get('StructuredDependencies'))) this.#addStructured(struct);
    return {
      facts: {
        schema,
        dependencies: this.#dependencies,
        tables: this.#tables,
        schemas: this.#schemas,
        tags: this.#tags,
      },
      faults: this.#faults,
      warnings: this.#warnings,
    };
  }

  #readSchema(value: GoValue | undefined): Directives['schema'] {
    const text = this.#string(value);
    if (value === undefined || text === '') return null;
    const result = readSchema(text);
    if (result.ok) return { name: result.value, index: value.index };
    this.#faults.push(refuse(value.index, `Schema cannot be ${JSON.stringify(text)}: ${result.reason}`));
    return null;
  }

  #addDependency(reference: string, index: number, text: string): void {
    const result = readDependency(reference);
    if (result.ok) this.#dependencies.push({ ...result.value, text, index });
    else this.#faults.push(refuse(index, `a dependency cannot be ${JSON.stringify(text)}: ${result.reason}`));
  }

  #addTag(text: string, index: number): void {
    const result = readTag(text);
    if (result.ok) this.#tags.set(...result.value);
    else this.#faults.push(refuse(index, `a tag cannot be ${JSON.stringify(text)}: ${result.reason}`));
  }

  /** The schema of a structured dependency is not needed: a dependency holds in the same schema, or in a fixed one. */
  #addStructured({ fields, index }: GoStruct): void {
    const connection = this.#string(fields.get('Connection'));
    const target = this.#string(fields.get('Target'));
    if (target !== '') {
      this.#addDependency(connection === '' ? target : `${connection}/${target}`, index, target);
    }
    const required = this.#addRequirements(
      fields,
      connection === '' || connection === this.#parts.connection,
    );
    if (target === '' && !required) {
      this.#faults.push(
        refuse(index, 'a dependency has neither Target nor RequiresTable nor RequiresSchema'),
      );
    }
  }

  /** Only the migration's own store can be looked into before it runs; elsewhere the dependency itself must do. */
  #addRequirements(fields: GoStruct['fields'], own: boolean): boolean {
    const [tableField, schemaField] = [fields.get('RequiresTable'), fields.get('RequiresSchema')];
    const table = this.#string(tableField);
    const schema = this.#string(schemaField);
    if (table === '' && schema === '') return false;
    if (own) {
      this.#addTable(table, schema === '' ? this.#string(fields.get('Schema')) : schema);
      if (schema !== '') this.#schemas.push(schema);
    } else {
      const index = (tableField ?? schemaField)?.index ?? 0;
      this.#warnings.push(refuse(index, 'what a dependency requires in another connection is not checked'));
    }
    return true;
  }

  #addTable(table: string, schema: string): void {
    if (table !== '') this.#tables.push({ schema: schema === '' ? null : schema, table });
  }

  /** Empty when the field is absent or cannot be read. */
  #string(value: GoValue | undefined): string {
    if (value === undefined) return '';
    const text = readGoString(value, this.#constants);
    if (text === null) this.#faults.push(refuse(value.index, 'a value is no text that can be read'));
    return text ?? '';
  }

  #strings(value: GoValue | undefined): readonly { readonly text: string; readonly index: number }[] {
    if (value === undefined) return [];
    const texts = readGoStrings(value, this.#constants);
    if (texts === null) {
      this.#faults.push(refuse(value.index, 'a value is no list of texts that can be read'));
    }
    return texts ?? [];
  }

  #structs(value: GoValue | undefined): readonly GoStruct[] {
    if (value === undefined) return [];
    const structs = readGoStructs(value);
    if (structs === null) {
      this.#faults.push(refuse(value.index, 'a value is no list of structs that can be read'));
    }
    return structs ?? [];
  }
}

function refuse(index: number, message: string): SidecarFault {
  return { code: 'migration.sidecar_invalid', index, message, mend: MEND };
}
