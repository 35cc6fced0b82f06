/** What one migration needs. */
export interface Needs {
  readonly id: string;
  readonly needs: readonly string[];
}

/** Finds dependencies that lead back to where they began: the ids of each ring, once, from its smallest. Pure. */
export function findCycles(migrations: readonly Needs[]): readonly (readonly string[])[] {
  const needs = new Map(migrations.map((each) => [each.id, each.needs]));
  const isDone = new Set<string>();
  const cycles: (readonly string[])[] = [];
  for (const { id } of migrations) {
    const path: string[] = [];
    const places = new Map<string, number>();
    // A list of its own in place of recursion: a chain may be as long as the catalog.
    const open: { readonly id: string; next: number }[] = [];
    const enter = (entered: string): void => {
      if (isDone.has(entered) || !needs.has(entered)) return;
      const place = places.get(entered);
      if (place !== undefined) {
        cycles.push(fromSmallest(path.slice(place)));
        return;
      }
      places.set(entered, path.length);
      path.push(entered);
      open.push({ id: entered, next: 0 });
    };
    enter(id);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const need = needs.get(top.id)?.[top.next];
      top.next += 1;
      if (need === undefined) {
        open.pop();
        path.pop();
        places.delete(top.id);
        isDone.add(top.id);
      } else enter(need);
    }
  }
  return cycles;
}

function fromSmallest(ring: readonly string[]): readonly string[] {
  const smallest = [...ring].sort()[0] ?? '';
  const at = ring.indexOf(smallest);
  return [...ring.slice(at), ...ring.slice(0, at)];
}
