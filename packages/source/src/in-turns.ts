/** After so many items others get a turn. */
const ITEMS_PER_TURN = 32;

/**
 * Does `work` on every item, one after the other, and pauses now and then.
 *
 * @throws what `work` throws first
 */
export async function mapInTurns<T, R>(
  items: readonly T[],
  pause: () => Promise<void>,
  work: (item: T) => R,
): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) {
    if (results.length % ITEMS_PER_TURN === ITEMS_PER_TURN - 1) await pause();
    results.push(work(item));
  }
  return results;
}
