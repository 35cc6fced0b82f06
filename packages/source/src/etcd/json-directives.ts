import { didYouMean } from '@bfm/core';
import {
  DIRECTIVE_KEYS,
  isDirectiveKey,
  LIST_KEYS,
  type DirectiveFault,
  type DirectiveItem,
  type DirectiveKey,
  type FoundDirectives,
} from '../directives/directive.ts';
import type { JsonMember, JsonValue } from './json-document.ts';

/**
 * Finds the directives of an etcd migration: the members of its `bfm` object. Values are texts, `batch` also a number;
 * lists are an array of texts or one text; `tags` also an object of texts.
 */
export function readJsonDirectives(bfm: JsonValue): FoundDirectives {
  if (bfm.kind !== 'object') return { items: [], faults: [refuse(bfm.index, '`bfm` is an object')] };
  const items: DirectiveItem[] = [];
  const faults: DirectiveFault[] = [];
  for (const member of bfm.members) {
    const { key, keyIndex } = member;
    if (!isDirectiveKey(key)) {
      faults.push({
        code: 'migration.directive_unknown',
        index: keyIndex,
        message: `there is no directive ${key}${didYouMean(key, DIRECTIVE_KEYS)}`,
        mend: `the directives are ${DIRECTIVE_KEYS.join(', ')}`,
      });
      continue;
    }
    const values = readValues(key, member);
    if (values === null) faults.push(refuse(member.value.index, `${key} has a value of the wrong type`));
    else items.push(...values.map((value) => ({ key, keyIndex, ...value })));
  }
  return { items, faults };
}

type ItemValue = Pick<DirectiveItem, 'value' | 'valueIndex'>;

function readValues(key: DirectiveKey, { value }: JsonMember): ItemValue[] | null {
  if (value.kind === 'string') return [{ value: value.value, valueIndex: value.index }];
  if (key === 'batch' && value.kind === 'number') return [{ value: value.text, valueIndex: value.index }];
  if (key === 'tags' && value.kind === 'object') {
    return collect(value.members, (tag) => toItem(tag.value, `${tag.key}=`));
  }
  if (LIST_KEYS.has(key) && value.kind === 'array') return collect(value.items, (item) => toItem(item, ''));
  return null;
}

function toItem(value: JsonValue, prefix: string): ItemValue | null {
  return value.kind === 'string' ? { value: `${prefix}${value.value}`, valueIndex: value.index } : null;
}

/** All results, or `null` when one of them is. */
function collect<T>(values: readonly T[], read: (value: T) => ItemValue | null): ItemValue[] | null {
  const items: ItemValue[] = [];
  for (const value of values) {
    const item = read(value);
    if (item === null) return null;
    items.push(item);
  }
  return items;
}

function refuse(index: number, message: string): DirectiveFault {
  return {
    code: 'migration.directive_invalid',
    index,
    message,
    mend: 'write directives as in {"bfm": {"schema": "metadata", "depends-on": ["core/create_users"]}}',
  };
}
