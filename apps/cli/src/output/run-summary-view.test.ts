import { BfmError, type RunResult } from '@bfm/core';
import { expect, it } from 'vitest';
import { colouredLook, plainLook, result, run, shown, stepError, target } from '../../test/sample.ts';
import type { FileFinder } from './error-view.ts';
import { runSummaryView } from './run-summary-view.ts';

const FILES: FileFinder = { pathOf: (file) => `sfm/${file}`, lineAt: () => 'ALTER TABLE users ADD mial' };

const summary = (outcome: RunResult, look = plainLook(80)): string =>
  shown(
    runSummaryView(
      { result: outcome, direction: 'up', durationMs: 1234, again: 'bfm up --all-tenants' },
      FILES,
      look,
    ),
  );

const SCHEMAS = Array.from({ length: 40 }, (_, index) => `cli_${index}`);
const stopped = new BfmError('run.cancelled', { message: 'not started' });

it('is one line when all is well', () => {
  expect(summary(run('succeeded', [result(target('a'), 'applied')]))).toMatchInlineSnapshot(
    `"✓ Applied 1 migration on 1 target in 1.2 s."`,
  );
  const two = [
    result(target('a'), 'applied'),
    result(target('b'), 'applied'),
    result(target('b'), 'skipped', { name: 'x' }),
  ];
  expect(summary(run('succeeded', two))).toMatchInlineSnapshot(
    `"✓ Applied 2 migrations on 2 targets in 1.2 s. 1 had been done by another run."`,
  );
});

it('tells one cause of many failures once, and counts what was left behind it', () => {
  const blocked = new BfmError('step.blocked', { message: 'blocked' });
  const steps = SCHEMAS.flatMap((schema) => [
    result(target(schema), 'applied', { name: 'first' }),
    result(target(schema), 'failed', { error: stepError(target(schema), 'step.failed', 'no such column') }),
    result(target(schema), 'not_started', { name: 'last', error: blocked }),
  ]);
  expect(summary(run('failed', steps))).toMatchInlineSnapshot(`
    "✗ Applied 40 of 120 migrations on 40 targets in 1.2 s; 40 targets failed.

    error[step.failed]: 20250102000000_add_mail_postgresql_core failed in core/*: no
    such column; its transaction was aborted
      in 40 targets: core/cli_0, core/cli_1, core/cli_2, core/cli_3 and 36 more
      at sfm/postgresql/core/20250102000000_add_mail.up.sql:2:7
        2 | ALTER TABLE users ADD mial
          |       ^
      sqlstate: 42703
      hint: Perhaps you meant "name".
      next: mend the up file and run the same command again

    – 40 not started behind a failed one"
  `);
  expect(summary(run('failed', steps), colouredLook(200))).toContain('‹31›error[step.failed]‹39›');
});

it('tells of a lock once per target, not once per step', () => {
  const error = new BfmError('target.locked', {
    message: 'core/a is held by ann@laptop; waited 10 s, changed nothing',
    details: { where: { connection: 'core', schema: 'a' }, holder: 'ann@laptop' },
    next: 'wait for that run to end',
  });
  const steps = ['x', 'y'].map((name) => result(target('a'), 'not_started', { name, error }));
  expect(summary(run('failed', steps))).toMatchInlineSnapshot(`
    "✗ Applied 0 of 2 migrations in 1.2 s; 1 target is held by ann@laptop.

    error[target.locked]: core/a is held by ann@laptop; waited 10 s, changed nothing
      next: wait for that run to end

    – 2 not started"
  `);
});

it('says what a stopped and what a cancelled run have left undone', () => {
  const rest = result(target('a'), 'not_started', { name: 'z', error: stopped });
  expect(summary(run('cancelled', [result(target('a'), 'applied'), rest]))).toMatchInlineSnapshot(`
    "– Stopped. Applied 1 of 2 migrations on 1 target in 1.2 s.
    – 1 not started because the run was stopped
      next: bfm up --all-tenants"
  `);
  const cancelled = result(target('a'), 'failed', { error: stopped });
  expect(summary(run('failed', [cancelled, rest]))).toMatchInlineSnapshot(`
    "– Cancelled. Applied 0 of 2 migrations in 1.2 s.
    – 1 cancelled while running, nothing of it left behind: core/a
    – 1 not started because the run was stopped
      next: bfm up --all-tenants"
  `);
});
