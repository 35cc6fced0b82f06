import { didYouMean } from '@bfm/core';
import type { DirectiveFault, DirectiveItem } from '../directives/directive.ts';
import { readJsonDirectives } from './json-directives.ts';
import { parseJson, type JsonObject, type JsonValue } from './json-document.ts';

/** Something wrong with the shape of an etcd migration. */
export interface JsonShapeFault {
  readonly code: 'migration.json_invalid';
  readonly index: number;
  readonly message: string;
  readonly mend: string;
}

/** An etcd migration file taken apart. */
export interface EtcdDocument {
  readonly operations: readonly JsonValue[];
  readonly items: readonly DirectiveItem[];
  readonly faults: readonly (JsonShapeFault | DirectiveFault)[];
}

const FIELDS = ['operation', 'key', 'value'] as const;
const OPERATIONS = ['put', 'delete'] as const;
const SHAPE =
  'write [{"operation": "put", "key": "...", "value": "..."}], or {"bfm": {...}, "operations": [...]}';
const FAULTS_MAX = 20;

/**
 * Reads an etcd migration: an array of operations, or an object with `operations` and the directives in `bfm`. An
 * operation is `put` (the default) with a key and a value, a string or an object, or `delete` with a key. Repeated JSON
 * keys, unknown fields and operations are faults (at most 20 are told).
 */
export function readEtcdDocument(text: string): EtcdDocument {
  const parsed = parseJson(text);
  if (!parsed.ok) return { operations: [], items: [], faults: [refuse(parsed.index, parsed.message)] };
  const faults: (JsonShapeFault | DirectiveFault)[] = findRepeatedKeys(parsed.value);
  const { value } = parsed;
  if (value.kind === 'array') {
    return { operations: value.items, items: [], faults: withOperationFaults(faults, value.items) };
  }
  if (value.kind !== 'object') {
    return { operations: [], items: [], faults: [refuse(value.index, 'neither an array nor an object')] };
  }
  return readRoot(value, faults);
}

function readRoot(root: JsonObject, faults: (JsonShapeFault | DirectiveFault)[]): EtcdDocument {
  for (const { key, keyIndex } of root.members) {
    if (key !== 'bfm' && key !== 'operations') {
      faults.push(refuse(keyIndex, `there is no field ${key}${didYouMean(key, ['bfm', 'operations'])}`));
    }
  }
  const bfm = member(root, 'bfm');
  const found = bfm === undefined ? { items: [], faults: [] } : readJsonDirectives(bfm);
  faults.push(...found.faults);
  const operations = member(root, 'operations');
  if (operations?.kind !== 'array') {
    faults.push(refuse(operations?.index ?? root.index, 'the array `operations` is missing'));
    return { operations: [], items: found.items, faults };
  }
  return {
    operations: operations.items,
    items: found.items,
    faults: withOperationFaults(faults, operations.items),
  };
}

function withOperationFaults<T>(faults: T[], operations: readonly JsonValue[]): (T | JsonShapeFault)[] {
  const all: (T | JsonShapeFault)[] = [...faults];
  for (const operation of operations) {
    if (all.length >= FAULTS_MAX) break;
    all.push(...checkOperation(operation));
  }
  return all;
}

function checkOperation(operation: JsonValue): JsonShapeFault[] {
  if (operation.kind !== 'object') return [refuse(operation.index, 'an operation is an object')];
  const faults = operation.members
    .filter(({ key }) => !(FIELDS as readonly string[]).includes(key))
    .map(({ key, keyIndex }) =>
      refuse(keyIndex, `an operation has no field ${key}${didYouMean(key, FIELDS)}`),
    );
  const kind = member(operation, 'operation');
  const name = kind === undefined ? 'put' : kind.kind === 'string' ? kind.value : '';
  if (name !== 'put' && name !== 'delete') {
    const index = kind?.index ?? operation.index;
    return [
      ...faults,
      refuse(index, `there is no such operation${didYouMean(name, OPERATIONS)}; put and delete are`),
    ];
  }
  return [...faults, ...checkKey(operation), ...checkValue(operation, name)];
}

function checkKey(operation: JsonObject): JsonShapeFault[] {
  const key = member(operation, 'key');
  if (key?.kind !== 'string') return [refuse(key?.index ?? operation.index, 'the text `key` is missing')];
  if (key.value === '') return [refuse(key.index, '`key` is empty')];
  return key.value.isWellFormed() ? [] : [refuse(key.index, '`key` holds half a character')];
}

function checkValue(operation: JsonObject, name: 'put' | 'delete'): JsonShapeFault[] {
  const value = member(operation, 'value');
  if (name === 'delete') return value === undefined ? [] : [refuse(value.index, 'a delete has no `value`')];
  if (value === undefined) return [refuse(operation.index, 'a put needs a `value`')];
  if (value.kind !== 'string' && value.kind !== 'object') {
    return [refuse(value.index, '`value` is a text or an object; write other values as text')];
  }
  if (value.kind === 'string' && !value.value.isWellFormed()) {
    return [refuse(value.index, '`value` holds half a character')];
  }
  return [];
}

function findRepeatedKeys(root: JsonValue): JsonShapeFault[] {
  const faults: JsonShapeFault[] = [];
  const waiting: JsonValue[] = [root];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (value.kind === 'array') waiting.push(...value.items.toReversed());
    if (value.kind !== 'object') continue;
    const seen = new Set<string>();
    for (const { key, keyIndex } of value.members) {
      if (seen.has(key) && faults.length < FAULTS_MAX) {
        faults.push(refuse(keyIndex, `key ${key} is given twice`));
      }
      seen.add(key);
    }
    waiting.push(...value.members.map((entry) => entry.value).reverse());
  }
  return faults.sort((a, b) => a.index - b.index);
}

function member(object: JsonObject, key: string): JsonValue | undefined {
  return object.members.find((entry) => entry.key === key)?.value;
}

function refuse(index: number, message: string): JsonShapeFault {
  return { code: 'migration.json_invalid', index, message, mend: SHAPE };
}
