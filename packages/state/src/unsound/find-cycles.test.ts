import { describe, expect, it } from 'vitest';
import { findCycles } from './find-cycles.ts';

const of = (id: string, ...needs: string[]) => ({ id, needs });

describe('dependencies that lead back', () => {
  it('finds none where there is none, unknown ones and diamonds included', () => {
    expect(findCycles([])).toEqual([]);
    expect(findCycles([of('a', 'b', 'c'), of('b', 'd'), of('c', 'd'), of('d', 'unknown')])).toEqual([]);
  });

  it('finds each ring once, from its smallest', () => {
    expect(findCycles([of('c', 'a'), of('b', 'c'), of('a', 'b'), of('x', 'a')])).toEqual([['a', 'b', 'c']]);
    expect(findCycles([of('a', 'a'), of('b', 'c'), of('c', 'b')])).toEqual([['a'], ['b', 'c']]);
  });

  it('follows a chain as long as a catalog', () => {
    const chain = Array.from({ length: 50_000 }, (_, index) => of(`m${index}`, `m${index + 1}`));
    expect(findCycles(chain)).toEqual([]);
  });
});
