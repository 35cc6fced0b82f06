/** Text of an access list in a stable order, with the defaults that a null stands for written out. */
export function aclText(column: string, kind: string, owner: string): string {
  return `(SELECT coalesce(string_agg(item::text, ',' ORDER BY item::text COLLATE "C"), '')
           FROM unnest(coalesce(${column}, acldefault('${kind}', ${owner}))) AS item)`;
}

/** Condition that an object does not belong to an extension. */
export function notOfExtension(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_depend member WHERE member.classid = '${catalog}'::regclass
                        AND member.objid = ${oid} AND member.deptype = 'e')`;
}

/** A value with a label before it, or nothing when it is null or empty. */
export function labelled(label: string, value: string): string {
  return `coalesce(' ${label}=' || nullif((${value})::text, ''), '')`;
}

/** The items of an array as one text, in an order that does not tell in which they were set. */
export function sorted(array: string): string {
  return `(SELECT string_agg(item, ',' ORDER BY item COLLATE "C") FROM unnest(${array}) AS item)`;
}
