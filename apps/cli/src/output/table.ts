import { cutMiddle, displayWidth, padEnd, padStart } from './fit.ts';
import type { Look } from './look.ts';

/** One cell: plain text, and how it is coloured once it has its width. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** One column of a table. */
export interface Column {
  /** Empty for all: no line of titles. */
  readonly title: string;
  readonly align?: 'right';
  /** Gives way when the table is too wide; the narrowest it may become. */
  readonly shrinksTo?: number;
}

const GAP = '  ';

/** Lines of an aligned table that fits the width: columns that may shrink lose the middle of their texts. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  look: Look,
): readonly string[] {
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
    const index = widestShrinkable(columns, widths);
    if (index === null) break;
    widths[index] = (widths[index] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function widestShrinkable(columns: readonly Column[], widths: readonly number[]): number | null {
  let best: number | null = null;
  for (const [index, { shrinksTo }] of columns.entries()) {
    const width = widths[index] ?? 0;
    if (shrinksTo === undefined || width <= shrinksTo) continue;
    if (best === null || width > (widths[best] ?? 0)) best = index;
  }
  return best;
}

function toCell(
  { text, paint }: Cell,
  { column, width, look }: { column: Column | undefined; width: number; look: Look },
): string {
  const cut = cutMiddle(text, width, look.symbols.ellipsis);
  const padded = column?.align === 'right' ? padStart(cut, width) : padEnd(cut, width);
  // Only the text is coloured, so that trailing spaces can be cut off.
  return paint === undefined || cut === '' ? padded : padded.replace(cut, () => paint(cut));
}
