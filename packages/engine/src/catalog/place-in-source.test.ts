import { describe, expect, it } from 'vitest';
import { placeInSource } from './place-in-source.ts';
import { renderBatch, renderStatement } from './render-statement.ts';

const values = { connection: 'core', schema: 'a"b😀', backend: 'postgresql', version: '20250101000000' };

describe('the place of a character that was sent', () => {
  const text = 'SELECT x\nFROM {{.Schema}}.t, {{.SCHEMA}}.u -- 😀\nWHERE {{.Connection}} < :batch AND y';
  const statement = { text, line: 3, column: 5, bare: null };
  const sent = renderBatch(renderStatement(text, values, false), 5000);

  it.each([
    ['SELECT', '3:5'],
    ['x\n', '3:12'],
    ['FROM', '4:1'],
    ['"a""b😀".t', '4:6'],
    ['b😀".t', '4:6'],
    ['t,', '4:18'],
    ['u -- 😀', '4:33'],
    ['WHERE', '5:1'],
    ['5000', '5:25'],
    ['y', '5:36'],
    ['', '5:37'],
  ])('%j', (part, place) => {
    const character = [...sent.slice(0, part === '' ? sent.length : sent.indexOf(part))].length;
    const { line, column } = placeInSource(statement, character, { values, batchSize: 5000 });
    expect(`${line}:${column}`).toBe(place);
  });
});
