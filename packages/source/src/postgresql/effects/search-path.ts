import type { SchemaEffect, SchemaObject } from '@bfm/engine';
import { nodesIn, stringOf, type TreeNode } from '../parse-tree.ts';
import { nameWithPlaceholders } from '../placeholders.ts';

/** Where names without a schema lead: to the target's own (`own`), to a schema that was set, or nobody knows. */
export type NameLead = 'own' | 'unknown' | { readonly schema: string };

/** Where such names lead after a statement that sets something. */
export function leadAfter(fields: TreeNode, before: NameLead): NameLead {
  if (fields['kind'] === 'VAR_RESET_ALL') return 'unknown';
  if (fields['name'] !== 'search_path') return before;
  const [first] = nodesIn(fields, 'args');
  const schema = first === undefined ? null : stringOf(first);
  return schema === null || schema === '' || schema === '$user'
    ? 'unknown'
    : { schema: nameWithPlaceholders(schema.trim()) };
}

/** Puts the schema in front of names that have none. */
export function withLead(effect: SchemaEffect, lead: NameLead): readonly SchemaEffect[] {
  if (lead === 'own' || effect.does === 'blur-names' || !isBare(effect.object)) return [effect];
  if (lead === 'unknown') {
    const blurred: SchemaEffect = { does: 'blur', object: effect.object };
    return effect.does === 'rename' ? [blurred, { does: 'blur', object: effect.to }] : [blurred];
  }
  const { schema } = lead;
  const object = { ...effect.object, schema };
  if (effect.does !== 'rename') return [{ ...effect, object }];
  return [{ ...effect, object, to: { ...effect.to, schema: effect.to.schema ?? schema } }];
}

function isBare({ schema, kind }: SchemaObject): boolean {
  return schema === null && kind !== 'schema' && kind !== 'extension';
}
