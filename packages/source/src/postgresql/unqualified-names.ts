import type { Place, UnqualifiedChange, UnqualifiedNames } from '@bfm/core';
import { namesOf, nodeIn, toNodes, unwrap, type TreeNode } from './parse-tree.ts';

type Kind = UnqualifiedChange['kind'];
type Named = Pick<UnqualifiedChange, 'kind' | 'name'>;

/** By kind of object: how DROP and ALTER find it. A trigger, rule or policy is found through its table. */
const KINDS: Readonly<Partial<Record<string, Kind>>> = {
  OBJECT_TABLE: 'relation',
  OBJECT_VIEW: 'relation',
  OBJECT_MATVIEW: 'relation',
  OBJECT_SEQUENCE: 'relation',
  OBJECT_INDEX: 'relation',
  OBJECT_FOREIGN_TABLE: 'relation',
  OBJECT_TRIGGER: 'relation',
  OBJECT_RULE: 'relation',
  OBJECT_POLICY: 'relation',
  OBJECT_FUNCTION: 'routine',
  OBJECT_PROCEDURE: 'routine',
  OBJECT_ROUTINE: 'routine',
  OBJECT_AGGREGATE: 'routine',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'type',
};

const PARTS: ReadonlySet<string> = new Set(['OBJECT_TRIGGER', 'OBJECT_RULE', 'OBJECT_POLICY']);

/** Fields of creating statements that hold a relation, and those that hold a list of names. */
const CREATED_RELATIONS = ['relation', 'view', 'sequence', 'typevar'];
const CREATED_NAMES = ['funcname', 'typeName', 'domainname', 'defnames'];
const CREATES = /^(?:Create|View|Composite|Define)/;

/** Collects the objects that a script makes, and those it alters or drops without naming a schema. */
export class UnqualifiedTracker {
  readonly #creates = new Set<string>();
  readonly #changes = new Map<string, UnqualifiedChange>();

  /** Looks at the next statement. What the script has made before needs no schema: it is found where it was made. */
  take(statement: TreeNode, place: Place & { readonly statement: number }): void {
    const { type, fields } = unwrap(statement);
    for (const { kind, name } of changedBy(type, fields)) {
      const key = `${kind} ${name}`;
      if (this.#creates.has(name) || this.#changes.has(key)) continue;
      this.#changes.set(key, { kind, name, ...place });
    }
    for (const name of createdBy(type, fields)) this.#creates.add(name);
  }

  /** What was collected. */
  names(): UnqualifiedNames {
    return { creates: [...this.#creates], changes: [...this.#changes.values()] };
  }
}

type Reader = (fields: TreeNode) => readonly Named[];

/** By type of statement: what it alters or drops. */
const CHANGED: Readonly<Partial<Record<string, Reader>>> = {
  DropStmt: (fields) =>
    toNodes(fields['objects']).flatMap((object) => named(String(fields['removeType']), object)),
  AlterTableStmt: altered,
  RenameStmt: altered,
  AlterObjectSchemaStmt: altered,
  AlterOwnerStmt: altered,
  AlterSeqStmt: (fields) => relation(nodeIn(fields, 'sequence'), 'relation'),
  AlterPolicyStmt: (fields) => relation(nodeIn(fields, 'table'), 'relation'),
  AlterFunctionStmt: (fields) => named('OBJECT_FUNCTION', { ObjectWithArgs: fields['func'] }),
  AlterEnumStmt: (fields) => single('type', namesOf(fields['typeName'])),
  AlterDomainStmt: (fields) => single('type', namesOf(fields['typeName'])),
};

function changedBy(type: string, fields: TreeNode): readonly Named[] {
  return CHANGED[type]?.(fields) ?? [];
}

function altered(fields: TreeNode): readonly Named[] {
  const kind = String(fields['objtype'] ?? fields['objectType'] ?? fields['renameType']);
  const table = relation(nodeIn(fields, 'relation'), KINDS[kind] === 'type' ? 'type' : 'relation');
  return [...table, ...named(kind, nodeIn(fields, 'object'))];
}

function named(objectKind: string, object: TreeNode): readonly Named[] {
  const kind = KINDS[objectKind];
  if (kind === undefined) return [];
  const { fields } = unwrap(object);
  const names = namesOf(fields['items'] ?? fields['objname'] ?? fields['names']) ?? [];
  return single(kind, PARTS.has(objectKind) ? names.slice(0, -1) : names);
}

function relation(table: TreeNode, kind: Kind): readonly Named[] {
  const name = table['relname'];
  return typeof name === 'string' && table['schemaname'] === undefined ? [{ kind, name }] : [];
}

function single(kind: Kind, names: readonly string[] | null): readonly Named[] {
  const [name, more] = names ?? [];
  return name === undefined || more !== undefined ? [] : [{ kind, name }];
}

function createdBy(type: string, fields: TreeNode): readonly string[] {
  if (type === 'RenameStmt') return texts([fields['newname']]);
  if (type === 'IndexStmt') return texts([fields['idxname']]);
  const into = nodeIn(nodeIn(fields, type === 'SelectStmt' ? 'intoClause' : 'into'), 'rel')['relname'];
  if (!CREATES.test(type)) return texts([into]);
  const base = nodeIn(nodeIn(fields, 'base'), 'relation')['relname'];
  const relations = CREATED_RELATIONS.map((key) => nodeIn(fields, key)['relname']);
  const lists = CREATED_NAMES.map((key) => namesOf(fields[key])?.at(-1));
  return texts([into, base, ...relations, ...lists]);
}

function texts(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === 'string');
}
