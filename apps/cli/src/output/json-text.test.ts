import { fc } from '@bfm/testing';
import { expect, it } from 'vitest';
import { escapeJson } from './escape.ts';
import { jsonText } from './json-text.ts';

it('writes what JSON.stringify writes, but for what cannot be seen', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (document) => {
      expect([...jsonText(document)].join('')).toBe(escapeJson(JSON.stringify(document, null, 2)));
    }),
  );
});

it('leaves out what is not there, and writes an empty document', () => {
  expect([...jsonText({ a: undefined, b: 1 })].join('')).toBe('{\n  "b": 1\n}');
  expect([...jsonText({})].join('')).toBe('{}');
});

it('makes the items of a list only as they are written', () => {
  let made = 0;
  function* items(): Generator {
    while (made < 100_000) yield { number: (made += 1) };
  }
  const pieces = jsonText({ steps: items() });
  const { value: first } = pieces.next() as { readonly value: string };
  expect(made).toBeLessThan(10_000);
  const rest = [...pieces];
  expect(rest.length).toBeGreaterThan(10);
  const whole = JSON.parse(first + rest.join('')) as { readonly steps: readonly unknown[] };
  expect(whole.steps).toHaveLength(100_000);
  expect(whole.steps.at(-1)).toEqual({ number: 100_000 });
});
