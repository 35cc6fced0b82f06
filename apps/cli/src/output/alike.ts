import { formatPlace, type Where } from '@bfm/core';

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

/** So many places are named: whoever mends them needs each, whoever has more mends them by a command. */
const PLACES_MAX = 20;

/** `and 2 more like it:`, with a line for each of their places. */
export function othersAlike(others: readonly Placed[], pathOf: (file: string) => string): readonly string[] {
  const places = others.map(({ where }) => formatPlace({ ...where, file: pathOf(where.file ?? '') }));
  const unnamed = places.length - PLACES_MAX;
  return [
    `and ${others.length} more like it:`,
    ...places.slice(0, PLACES_MAX).map((place) => `  ${place}`),
    ...(unnamed > 0 ? [`  and ${unnamed} more; --json names them all`] : []),
  ];
}

function withoutPlace({ message, where }: Placed): string {
  const names = [where.file, where.migration_id].filter((name) => name !== undefined);
  return names.reduce((text, name) => text.replaceAll(name, '*'), message).replace(/\b\d{14}\b/g, '*');
}
