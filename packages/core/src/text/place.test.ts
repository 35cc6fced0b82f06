import { fc } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { advance, indexOfCharacter, placeAt } from './place.ts';

describe('places', () => {
  it('count lines from 1 and columns in characters from 1', () => {
    expect(placeAt('a\n😀é', 0)).toEqual({ line: 1, column: 1 });
    expect(placeAt('a\n😀é', 1)).toEqual({ line: 1, column: 2 });
    expect(placeAt('a\n😀é', 2)).toEqual({ line: 2, column: 1 });
    expect(placeAt('a\n😀é', 4)).toEqual({ line: 2, column: 2 });
    expect(placeAt('a\n😀é', 99)).toEqual({ line: 2, column: 3 });
  });

  it('are the same reached in one step or in many', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', 'é', '😀') });
    fc.assert(
      fc.property(text, text, (first, second) => {
        const whole = first + second;
        expect(advance(placeAt(first, first.length), second)).toEqual(placeAt(whole, whole.length));
      }),
    );
  });

  it('turn a number of characters into an index', () => {
    expect(indexOfCharacter('a😀b', 2)).toBe(3);
    expect(indexOfCharacter('ab', 99)).toBe(2);
  });
});
