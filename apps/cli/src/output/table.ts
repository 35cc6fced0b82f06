import { cutMiddle, displayWidth, padEnd, padStart } from './fit.ts';
import type { Look } from './look.ts';

/** One cell: plain text, and how it is coloured once it has its width. */
export interface Cell {
  readonly text: string;
  /** Stand in for a text that does not fit: the first of them that does, or the last. */
  readonly shorter?: readonly string[];
  readonly paint?: (text: string) => string;
}

/** One column of a table. */
export interface Column {
  /** Empty for all: no line of titles. */
  readonly title: string;
  readonly align?: 'right';
  /** Gives way when the table is too wide; the narrowest it may become. */
  readonly shrinksTo?: number;
  /** Columns with a smaller number give way first. @default 0 */
  readonly keep?: number;
  /** Left out on narrower screens. @default 0 */
  readonly from?: number;
}

const GAP = '  ';

/** Lines of an aligned table that fits the width: columns that may shrink lose the middle of their texts. */
export function table(
  allColumns: readonly Column[],
  allRows: readonly (readonly Cell[])[],
  look: Look,
): readonly string[] {
  const isShown = (_: unknown, index: number): boolean => look.width >= (allColumns[index]?.from ?? 0);
  const columns = allColumns.filter(isShown);
  const rows = allRows.map((row) => row.filter(isShown));
  const widths = fitWidths(columns, naturalWidths(columns, rows), look.width);
  const titles = columns.map(({ title }) => ({ text: title, paint: look.paint.dim }));
  const withTitles = columns.some(({ title }) => title !== '') ? [titles, ...rows] : rows;
  return withTitles.map((row) =>
    row
      .map((cell, index) => toCell(cell, { column: columns[index], width: widths[index] ?? 0, look }))
      .join(GAP)
      .trimEnd(),
  );
}

function naturalWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map(({ title }, index) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[index]?.text ?? '')), displayWidth(title)),
  );
}

function fitWidths(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, each) => sum + each, GAP.length * (columns.length - 1)) - width;
  while (excess > 0) {
    const index = nextToShrink(columns, widths);
    if (index === null) break;
    widths[index] = (widths[index] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function nextToShrink(columns: readonly Column[], widths: readonly number[]): number | null {
  const candidates = [...columns.entries()]
    .map(([index, { shrinksTo, keep }]) => ({
      index,
      keep: keep ?? 0,
      room: (widths[index] ?? 0) - (shrinksTo ?? Infinity),
    }))
    .filter(({ room }) => room > 0)
    .sort((a, b) => a.keep - b.keep || (widths[b.index] ?? 0) - (widths[a.index] ?? 0));
  return candidates[0]?.index ?? null;
}

function toCell(
  { text, shorter = [], paint }: Cell,
  { column, width, look }: { column: Column | undefined; width: number; look: Look },
): string {
  const texts = [text, ...shorter];
  const fitting = texts.find((each) => displayWidth(each) <= width) ?? texts.at(-1) ?? '';
  const cut = cutMiddle(fitting, width, look.symbols.ellipsis);
  const padded = column?.align === 'right' ? padStart(cut, width) : padEnd(cut, width);
  // Only the text is coloured, so that trailing spaces can be cut off.
  return paint === undefined || cut === '' ? padded : padded.replace(cut, () => paint(cut));
}
