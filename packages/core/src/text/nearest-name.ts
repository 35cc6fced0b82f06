/**
 * Picks the candidate spelled most like a word: at most a third of its letters may differ, but two (letters that changed
 * places) always, and one in a word of up to three; case does not count. Ties go to the candidate that comes first. `null` when none is near enough to be a likely slip.
 *
 * @param differencesMax how many letters may differ @default see above
 */
export function nearestName(
  word: string,
  candidates: readonly string[],
  differencesMax = usualDifferencesMax(word.length),
): string | null {
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let bestDistance = differencesMax + 1;
  for (const candidate of candidates) {
    // The lengths alone show that many candidates are too far; this keeps thousands of names cheap.
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const found = distance(wanted, candidate.toLowerCase());
    if (found >= bestDistance) continue;
    best = candidate;
    bestDistance = found;
  }
  return best;
}

function usualDifferencesMax(length: number): number {
  return length <= 3 ? 1 : Math.max(2, Math.floor(length / 3));
}

/** `; did you mean x?`, or nothing when no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = nearestName(word, candidates);
  return near === null ? '' : `; did you mean ${near}?`;
}

/** Levenshtein: how many letters to add, take away or change to make one text of the other. */
function distance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const changed = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const added = (current[column - 1] ?? 0) + 1;
      const removed = (above[column] ?? 0) + 1;
      current.push(Math.min(changed, added, removed));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}
