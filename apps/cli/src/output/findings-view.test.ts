import type { Finding } from '@bfm/service';
import { expect, it } from 'vitest';
import { plainLook, shown } from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import { findingsView } from './findings-view.ts';

const FILES = { pathOf: (file: string): string => `sfm/${file}`, lineAt: (): null => null };
const finding = (more: Partial<Finding>): Finding => ({
  code: 'ledger.sound',
  severity: 'ok',
  message: 'the ledger is sound',
  where: {},
  database: 'localhost:5432/app',
  mend: null,
  ...more,
});
const INDEX = finding({
  code: 'index.invalid',
  severity: 'warning',
  message: `the index shop.${'x'.repeat(63)} on users is INVALID: every write keeps it, no query uses it`,
  mend: 'drop it',
});

it('shows what is well in a line, and what is not with its place and mend', () => {
  const findings = [
    finding({
      code: 'migration.unparseable',
      severity: 'error',
      message: 'syntax error in postgresql/core/1_x.up.sql',
      where: { file: 'postgresql/core/1_x.up.sql', line: 2, column: 8 },
      database: null,
      mend: 'mend the statement',
    }),
    finding({}),
    finding({ code: 'target.rebound', severity: 'info', message: 'it was cloned' }),
    INDEX,
  ];
  expect(shown(findingsView(findings, FILES, plainLook(80)))).toMatchInlineSnapshot(`
    "files and configuration
    ✗ error[migration.unparseable]: syntax error in sfm/postgresql/core/1_x.up.sql
      at sfm/postgresql/core/1_x.up.sql:2:8
      next: mend the statement

    localhost:5432/app
    ✓ the ledger is sound
    · it was cloned
    ! warning[index.invalid]: the index
      shop.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx on users
      is INVALID: every write keeps it, no query uses it
      next: drop it

    ✗ 2 findings need somebody."
  `);
});

it('says so when nothing needs anybody', () => {
  expect(findingsView([finding({})], FILES, plainLook(80)).at(-1)).toBe('✓ Nothing needs anybody.');
});

it('stays within its width, commands apart', () => {
  const lines = findingsView([INDEX, finding({ message: 'word '.repeat(60) })], FILES, plainLook(80));
  expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
});
