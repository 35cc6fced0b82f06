import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/check/root.ts';

/** The rows of the fault matrix that are proved so far, each by tests of its name. */
const ROWS = [
  ...['K1', 'K2', 'K3', 'K4', 'K5', 'C1', 'C2', 'C3', 'C4', 'T1', 'T2', 'T3', 'ST1', 'ST2', 'ST3', 'ST4'],
  ...['Z1', 'Z2', 'P1', 'P2', 'P3', 'CK1', 'B1', 'B2', 'L1', 'L2', 'L3', 'L4', 'L5', 'D1', 'D2', 'D3'],
  ...['E1', 'E2', 'E3', 'E4', 'E5', 'R1', 'R2', 'R3', 'W1', 'W2', 'W3', 'SG1', 'SG2', 'FM1', 'FM2', 'FM3'],
  ...['RB1', 'RB2', 'M1', 'M2', 'M3', 'X1', 'X2', 'X3', 'A1', 'Q1', 'Q2'],
];

const FOLDERS = ['test', 'packages', 'apps'];

describe('the fault matrix', () => {
  const texts = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter(
        (path) =>
          path.endsWith('.test.ts') && !/(?:^|\/)(?:node_modules|dist|fixtures|architecture)\//.test(path),
      )
      .map((path) => readFileSync(join(ROOT, folder, path), 'utf8')),
  );

  it.each(ROWS)('has a test for %s', (row) => {
    // As the beginning of a name, or in a table that names are made from.
    const named = new RegExp(`['"\`]${row}(?:['"\` ,:])`);
    expect(texts.some((text) => named.test(text))).toBe(true);
  });

  it('would notice a row without a test', () => {
    expect(texts.some((text) => /['"`]K99 /.test(text))).toBe(false);
  });
});
