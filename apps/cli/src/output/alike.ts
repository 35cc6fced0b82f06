import { formatPlace, type Where } from '@bfm/core';
import { someNames } from './wording.ts';

/** Something told of a place in the tree. */
interface Placed {
  readonly code: string;
  readonly message: string;
  readonly where: Where;
}

/**
 * Puts together what differs in nothing but its file and version: one slip in eighty files is one thing to mend. What has
 * no file stays by itself.
 */
export function groupAlike<T extends Placed>(items: readonly T[]): readonly (readonly [T, ...T[]])[] {
  const groups = Map.groupBy(items.entries(), ([index, item]) =>
    item.where.file === undefined ? String(index) : `${item.code}\n${withoutPlace(item)}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first, ...rest] = group.map(([, item]) => item);
    return first === undefined ? [] : [[first, ...rest] as const];
  });
}

/** `2 more like it: a.sql:1:1, b.sql:1:1`, as far as a width goes. */
export function othersAlike(
  others: readonly Placed[],
  pathOf: (file: string) => string,
  width: number,
): string {
  const places = others.map(({ where }) => formatPlace({ ...where, file: pathOf(where.file ?? '') }));
  const head = `and ${others.length} more like it: `;
  return `${head}${someNames(places, width - head.length)}`;
}

function withoutPlace({ message, where }: Placed): string {
  const names = [where.file, where.migration_id].filter((name) => name !== undefined);
  return names.reduce((text, name) => text.replaceAll(name, '*'), message).replace(/\b\d{14}\b/g, '*');
}
