import { BfmError, type Fault } from '@bfm/core';
import { expect, it } from 'vitest';
import { colouredLook, plainLook, shown, stepError, target } from '../../test/sample.ts';
import { errorView, type FileFinder } from './error-view.ts';

const FILES: FileFinder = {
  pathOf: (file) => `sfm/${file}`,
  lineAt: ({ line }) => (line === undefined ? null : 'ALTER TABLE users ADD COLUMN mial text'),
};

const error = stepError(target('cli_a'), 'step.failed', 'column "mail" of relation "users" already exists');

it('tells what, where, what the server said and what to do', () => {
  expect(shown(errorView(error, FILES, plainLook(80)))).toMatchInlineSnapshot(`
    "error[step.failed]: 20250102000000_add_mail_postgresql_core failed in
    core/cli_a: column "mail" of relation "users" already exists; its transaction
    was aborted
      at sfm/postgresql/core/20250102000000_add_mail.up.sql:2:7
        2 | ALTER TABLE users ADD COLUMN mial text
          |       ^
      sqlstate: 42703
      hint: Perhaps you meant "name".
      next: mend the up file and run the same command again"
  `);
});

it('colours the code and leaves the text alone', () => {
  expect(shown(errorView(error, FILES, colouredLook(200)))).toMatchInlineSnapshot(`
    "‹31›error[step.failed]‹39›: 20250102000000_add_mail_postgresql_core failed in core/cli_a: column "mail" of relation "users" already exists; its transaction was aborted
      at ‹36›sfm/postgresql/core/20250102000000_add_mail.up.sql:2:7‹39›
    ‹2›    2‹22› ‹2›|‹22› ALTER TABLE users ADD COLUMN mial text
          ‹2›|‹22›       ‹31›^‹39›
      ‹2›sqlstate:‹22› 42703
      ‹2›hint:‹22› Perhaps you meant "name".
      ‹1›next:‹22› mend the up file and run the same command again"
  `);
});

it('tells each of many faults, those that differ only by target once', () => {
  const inSchema = (schema: string): Fault => ({
    code: 'drift.missing',
    message: `create_users is applied to core/${schema} but its file is gone`,
    where: { connection: 'core', schema },
    mend: 'restore the file',
  });
  const other: Fault = {
    code: 'migration.empty',
    message: 'the file holds no statement',
    where: { file: 'a.up.sql' },
    mend: 'write one',
  };
  const faults = [inSchema('cli_a'), inSchema('cli_b'), other];
  const many = new BfmError('drift.missing', {
    message: 'x (and 2 more)',
    details: { faults },
    next: 'restore the file',
  });
  expect(shown(errorView(many, FILES, plainLook(80)))).toMatchInlineSnapshot(`
    "error[drift.missing]: create_users is applied to core/* but its file is gone
      in 2 targets: core/cli_a, core/cli_b
      next: restore the file
    error[migration.empty]: the file holds no statement
      at sfm/a.up.sql
      next: write one"
  `);
});

it('tells once what is the same in many files, and where', () => {
  const faults = Array.from({ length: 25 }, (_, index) => ({
    code: 'migration.directive_invalid' as const,
    message: `postgresql/core/${20250101000000 + index}_a.down.sql: schema belongs in the up file: schema=app`,
    where: { file: `postgresql/core/${20250101000000 + index}_a.down.sql`, line: 1, column: 9 },
    mend: 'move it to the up file',
  }));
  const many = new BfmError('migration.directive_invalid', { message: 'm', details: { faults } });
  expect(shown(errorView(many, FILES, plainLook(80)))).toMatchSnapshot();
});

it('writes paths of the tree the same way in texts as in places', () => {
  const clash = new BfmError('migration.duplicate_version', {
    message:
      'postgresql/core/1_a.up.sql and postgresql/core/1_b.up.sql: one version; core/users is not touched',
  });
  expect(errorView(clash, FILES, plainLook(200))[0]).toBe(
    'error[migration.duplicate_version]: sfm/postgresql/core/1_a.up.sql and sfm/postgresql/core/1_b.up.sql: one version; core/users is not touched',
  );
});

it('gives files the same paths in what comes next, whatever stands behind them', () => {
  const gone = new BfmError('step.failed', {
    message: 'it is gone; did you mean postgresql/core/1_a.up.sql?',
    next: 'restore "postgresql/core/1_b.up.sql". Or bfm history',
  });
  expect(errorView(gone, FILES, plainLook(200))).toEqual([
    'error[step.failed]: it is gone; did you mean sfm/postgresql/core/1_a.up.sql?',
    '  next: restore "sfm/postgresql/core/1_b.up.sql". Or bfm history',
  ]);
});

it('stops after twenty causes and says how many there are', () => {
  const faults = Array.from({ length: 25 }, (_, index) => ({
    code: 'migration.empty' as const,
    message: `file ${index} is empty`,
    where: {},
    mend: 'write a statement',
  }));
  const lines = errorView(
    new BfmError('migration.empty', { message: 'm', details: { faults } }),
    FILES,
    plainLook(80),
  );
  expect(lines.filter((line) => line.startsWith('error['))).toHaveLength(20);
  expect(lines.at(-1)).toContain('5 more faults');
});

it('keeps a command on one line, and escapes everything that others wrote', () => {
  const next = `bfm plan ${'--schema cli_acme '.repeat(10)}`.trim();
  expect(errorView(new BfmError('plan.stale', { message: 'old', next }), FILES, plainLook(40))).toContain(
    `  next: ${next}`,
  );
  const nasty = new BfmError('step.failed', {
    message: '\u001b]0;owned\u0007',
    details: { hint: '\u001b[2J' },
  });
  expect(errorView(nasty, FILES, plainLook(80)).join('')).not.toMatch(/[\u0007\u001b]/);
});
