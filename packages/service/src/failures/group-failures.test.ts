import { BfmError, type MigrationId, type StepOutcome, type StepResult } from '@bfm/core';
import { expect, it } from 'vitest';
import { groupFailures } from './group-failures.ts';

const ADD_MAIL = '20250101000000_add_mail_postgresql_app' as MigrationId;

function step(
  schema: string,
  outcome: StepOutcome,
  { error = null, migration = ADD_MAIL }: { error?: BfmError | null; migration?: MigrationId } = {},
): StepResult {
  const target = { backend: 'postgresql', connection: 'app', schema } as StepResult['target'];
  return { target, migrationId: migration, direction: 'up', outcome, durationMs: 1, attempts: 1, error };
}

function failed(schema: string, text: string, sqlstate = '23505'): StepResult {
  const details = { sqlstate, where: { statement: 1, schema, connection: 'app' } };
  const message = `${ADD_MAIL} failed in app/${schema}: ${text}`;
  return step(schema, 'failed', { error: new BfmError('step.failed', { message, details }) });
}

const told = (steps: readonly StepResult[]): unknown =>
  groupFailures(steps).map(({ code, message, targets }) => [code, message, targets.length]);

it('tells a cause once for all its tenants, whatever their names, numbers and ids', () => {
  const steps = [
    failed('cli_1', 'relation "cli_1.users" has 17 rows for 0b1b5b8e-7d0f-4f6e-9d59-3b1c8f6a2d11'),
    failed('cli_2', 'relation "cli_2.users" has 4 rows for 9e107d9d-372b-4d82-b6d8-0f1f2a3b4c5d'),
  ];
  const text = `${ADD_MAIL} failed in app/*: relation "*.users" has 17 rows for 0b1b5b8e-7d0f-4f6e-9d59-3b1c8f6a2d11`;
  expect(told(steps)).toEqual([['step.failed', text, 2]]);
});

it('keeps apart what differs in words, statement, SQLSTATE or migration, the most targets first', () => {
  const other = '20250102000000_next_postgresql_app' as MigrationId;
  const elsewhere = failed('d', 'a');
  const steps = [
    failed('a', 'is locked'),
    failed('b', 'is full'),
    failed('c', 'is full'),
    failed('d', 'is full', '53100'),
    { ...elsewhere, migrationId: other },
  ];
  expect(groupFailures(steps).map(({ targets }) => targets.map(({ schema }) => schema))).toEqual([
    ['b', 'c'],
    ['a'],
    ['d'],
    ['d'],
  ]);
});

it('says what keeps a target from being begun once, whoever holds it', () => {
  const locked = (schema: string, session: string): BfmError =>
    new BfmError('target.locked', { message: `app/${schema} is held by ann (session ${session})` });
  const steps = ['a', 'a', 'b'].map((schema, index) =>
    step(schema, 'not_started', {
      error: locked(schema, `c0ffee${index}a`),
      migration: `m${index}` as MigrationId,
    }),
  );
  expect(groupFailures(steps)).toMatchObject([
    { migrationId: null, targets: [{ schema: 'a' }, { schema: 'b' }] },
  ]);
});

it('is silent about what follows from a failure, what was cancelled and what went well', () => {
  const of = (code: BfmError['code']): BfmError => new BfmError(code, { message: 'x' });
  const steps = [
    step('a', 'applied'),
    step('a', 'not_started', { error: of('step.blocked') }),
    step('b', 'not_started', { error: of('run.cancelled') }),
    step('c', 'failed', { error: of('run.cancelled') }),
    step('d', 'needs_attention', { error: of('step.unknown') }),
  ];
  expect(told(steps)).toEqual([['step.unknown', 'x', 1]]);
});

it('leaves the words of a single failure as they are', () => {
  expect(told([failed('cli_1', 'no such column')])).toEqual([
    ['step.failed', `${ADD_MAIL} failed in app/cli_1: no such column`, 1],
  ]);
});
