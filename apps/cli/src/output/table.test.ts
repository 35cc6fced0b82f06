import { expect, it } from 'vitest';
import { plainLook, colouredLook, shown } from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import { table, type Column } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'schema', shrinksTo: 8 },
  { title: 'pending', align: 'right' },
  { title: '' },
];

it('aligns columns and cuts nothing that fits', () => {
  const rows = [
    [{ text: 'cli_acme' }, { text: '12' }, { text: 'ok' }],
    [{ text: '日本' }, { text: '3' }, { text: '' }],
  ];
  expect(shown(table(COLUMNS, rows, plainLook(80)))).toMatchInlineSnapshot(`
    "schema    pending
    cli_acme       12  ok
    日本            3"
  `);
});

it('cuts the columns that may shrink, and only as far as they may', () => {
  const rows = [[{ text: 'a_tenant_with_a_long_name' }, { text: '12' }, { text: 'up to date' }]];
  const lines = table(COLUMNS, rows, plainLook(40));
  expect(lines.every((line) => displayWidth(line) <= 40)).toBe(true);
  expect(shown(lines)).toMatchInlineSnapshot(`
    "schema               pending
    a_tenant_…long_name       12  up to date"
  `);
  expect(shown(table(COLUMNS, rows, plainLook(10)))).toMatchInlineSnapshot(`
    "schema    pending
    a_te…ame       12  up to date"
  `);
});

it('colours the text and not the space round it', () => {
  const { paint } = colouredLook(80);
  const rows = [
    [
      { text: 'a', paint: paint.good },
      { text: '1', paint: paint.dim },
      { text: '', paint: paint.bad },
    ],
  ];
  expect(shown(table(COLUMNS, rows, colouredLook(80)))).toMatchInlineSnapshot(`
    "‹2›schema‹22›  ‹2›pending‹22›
    ‹32›a‹39›             ‹2›1‹22›"
  `);
});
