import type { Fault } from '@bfm/core';
import { compareText } from '@bfm/core';

/** Orders faults by place, then by what they say: the same for any order they were found in. */
export function compareFaults(a: Fault, b: Fault): number {
  return comparePlaces(a.where, b.where) || compareText(a.code, b.code) || compareText(a.message, b.message);
}

function comparePlaces(a: Fault['where'], b: Fault['where']): number {
  return (
    compareText(a.file ?? '', b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0)
  );
}
