/** The middle one of some values and how far they spread. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Summarises at least one value. */
export function toSpread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('nothing was measured');
  const sorted = [...values].sort((one, other) => one - other);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

/** Divides round by round: only what ran in the same round is compared, since a busy machine drifts. */
export function pairedRatio(values: readonly number[], references: readonly number[]): Spread {
  return toSpread(values.map((value, round) => value / (references[round] ?? Number.NaN)));
}
