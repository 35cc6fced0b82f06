import { interpretDirectives } from '../directives/interpret-directives.ts';
import { readEtcdDocument } from './etcd-document.ts';
import type { JsonValue } from './json-document.ts';

/**
 * Tells whether two etcd migrations mean the same: their operations are equal as canonical JSON (order of members and
 * white space left out), and so are their execution directives. Faulty ones mean the same only when they are equal.
 */
export function sameMeaningEtcd(applied: string, current: string): boolean {
  if (applied === current) return true;
  const before = canonicalForm(applied);
  return before !== null && before === canonicalForm(current);
}

function canonicalForm(text: string): string | null {
  const { operations, items, faults } = readEtcdDocument(text);
  const interpreted = interpretDirectives(items, 'up');
  if (faults.length + interpreted.faults.length > 0) return null;
  return `${JSON.stringify(interpreted.directives.execution)}\n${operations.map(toCanonical).join('\n')}`;
}

function toCanonical(value: JsonValue): string {
  switch (value.kind) {
    case 'object': {
      const members = value.members.toSorted((a, b) => (a.key < b.key ? -1 : 1));
      return `{${members.map(({ key, value: inner }) => `${JSON.stringify(key)}:${toCanonical(inner)}`).join(',')}}`;
    }
    case 'array':
      return `[${value.items.map(toCanonical).join(',')}]`;
    case 'string':
      return JSON.stringify(value.value);
    case 'number':
    case 'boolean':
    case 'null':
      return value.text;
  }
}
