import { createHash } from 'node:crypto';
import {
  toMigrationId,
  type Checksum,
  type Direction,
  type Fault,
  type MigrationId,
  type MigrationIdParts,
  type Script,
} from '@bfm/core';
import type { DependencyRef, MigrationDraft } from '@bfm/engine';
import {
  interpretDirectives,
  type Directives,
  type FoundDependency,
} from './directives/interpret-directives.ts';
import { findSqlDirectives } from './directives/sql-directives.ts';
import { readEtcdDocument } from './etcd/etcd-document.ts';
import { readGoSidecar, type SidecarFacts } from './go/go-sidecar.ts';
import { scriptFault } from './script-faults.ts';
import { placeAt } from '@bfm/core';
import { findSuspiciousCharacters } from './text/suspicious-characters.ts';

/** The text of a file and its path relative to the root. */
export interface FileText {
  readonly path: string;
  /** Normalised: no BOM, LF line ends. */
  readonly text: string;
}

/** The texts of one migration's files. */
export interface MigrationTexts {
  readonly parts: MigrationIdParts;
  readonly up: FileText;
  readonly down: FileText | null;
  readonly sidecar: FileText | null;
}

/** A migration put together, or `null` when a file of it is faulty. */
export interface AssembledDraft {
  readonly draft: MigrationDraft | null;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Puts a migration together from the texts of its files. Pure; scripts are not parsed here, only their directives. */
export function assembleDraft(texts: MigrationTexts): AssembledDraft {
  const assembler = new DraftAssembler(texts.parts);
  const up = assembler.readScript(texts.up, 'up');
  const down = texts.down === null ? null : assembler.readScript(texts.down, 'down');
  const sidecar = texts.sidecar === null ? null : assembler.readSidecar(texts.sidecar);
  const facts = sidecar === null ? up.directives : assembler.merge(up.directives, sidecar, texts);
  const dependencies = [
    ...toRefs(up.directives.dependencies, texts.up),
    ...(sidecar === null || texts.sidecar === null ? [] : toRefs(sidecar.dependencies, texts.sidecar)),
  ];
  const draft: MigrationDraft = {
    ...texts.parts,
    schema: facts.schema?.name ?? null,
    tags: Object.fromEntries(facts.tags),
    dependencies,
    requires: { tables: facts.tables, schemas: facts.schemas },
    up: up.script,
    down: down === null ? null : down.script,
  };
  const { faults, warnings } = assembler;
  return { draft: faults.length === 0 ? draft : null, faults, warnings };
}

interface ReadScript {
  readonly script: Script;
  readonly directives: Directives;
}

class DraftAssembler {
  readonly faults: Fault[] = [];
  readonly warnings: Fault[] = [];
  readonly #parts: MigrationIdParts;
  readonly #id: MigrationId;

  constructor(parts: MigrationIdParts) {
    this.#parts = parts;
    this.#id = toMigrationId(parts);
  }

  readScript(file: FileText, direction: Direction): ReadScript {
    const found = this.#parts.backend === 'etcd' ? readEtcdDocument(file.text) : findSqlDirectives(file.text);
    const { directives, faults } = interpretDirectives(found.items, direction);
    for (const fault of [...found.faults, ...faults]) this.faults.push(scriptFault(file, this.#id, fault));
    this.#warnAbout(file);
    const checksum = createHash('sha256').update(file.text, 'utf8').digest('hex') as Checksum;
    return { script: { ...file, checksum, execution: directives.execution }, directives };
  }

  readSidecar(file: FileText): SidecarFacts | null {
    const { facts, faults, warnings } = readGoSidecar(file.text, this.#parts);
    for (const fault of faults) this.faults.push(scriptFault(file, this.#id, fault));
    for (const warning of warnings) this.warnings.push(scriptFault(file, this.#id, warning));
    if (facts === null && faults.length === 0) {
      this.warnings.push({
        code: 'source.ignored',
        message: `${file.path}: no migration is described in it, so it is not used`,
        mend: 'remove it, or put what it should say into `-- bfm:` directives of the up file',
        where: { file: file.path, migration_id: this.#id },
      });
    }
    return facts;
  }

  /** Joins what directives and sidecar say; where they contradict each other, nobody knows which is meant. */
  merge(directives: Directives, sidecar: SidecarFacts, texts: MigrationTexts): SidecarFacts {
    const { schema } = sidecar;
    if (schema !== null && directives.schema !== null && schema.name !== directives.schema.name) {
      this.#contradict(
        texts,
        schema.index,
        `schema ${schema.name}, the directives say ${directives.schema.name}`,
      );
    }
    const tags = new Map(sidecar.tags);
    for (const [key, value] of directives.tags) {
      const other = tags.get(key) ?? value;
      if (other !== value) {
        this.#contradict(texts, 0, `tag ${key}=${other}, the directives say ${key}=${value}`);
      }
      tags.set(key, value);
    }
    return {
      schema: directives.schema ?? schema,
      dependencies: [],
      tables: [...directives.tables, ...sidecar.tables],
      schemas: [...directives.schemas, ...sidecar.schemas],
      tags,
    };
  }

  #contradict({ sidecar }: MigrationTexts, index: number, what: string): void {
    if (sidecar === null) return;
    this.faults.push(
      scriptFault(sidecar, this.#id, {
        code: 'migration.sidecar_invalid',
        index,
        message: `the sidecar says ${what}`,
        mend: 'make both say the same, or take it out of one of them',
      }),
    );
  }

  #warnAbout(file: FileText): void {
    for (const { index, message } of findSuspiciousCharacters(file.text)) {
      const mend = 'take it out, unless it is part of a text on purpose';
      this.warnings.push(scriptFault(file, this.#id, { code: 'source.suspicious', index, message, mend }));
    }
  }
}

function toRefs(dependencies: readonly FoundDependency[], file: FileText): DependencyRef[] {
  return dependencies.map(({ connection, target, text, index }) => ({
    connection,
    target,
    text,
    where: { file: file.path, ...placeAt(file.text, index) },
  }));
}
