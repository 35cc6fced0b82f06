import type { PlanStep, Target } from '@bfm/core';
import { expect, it } from 'vitest';
import { completeRepairs } from './repair-commands.ts';

const target = { backend: 'postgresql', connection: 'core', schema: 'my shop' } as unknown as Target;
const step = { migrationId: 'm1', direction: 'up', statements: [{}, {}, {}] } as unknown as PlanStep;
const where = "--connection core --schema 'my shop' --migration m1";

it('completes commands with target, migration and the number of the statement', () => {
  const text = 'look; bfm repair mark-pending --statement THIS or bfm repair mark-pending --statement NEXT';
  expect(completeRepairs(text, { step, target, statement: 1 })).toBe(
    `look; bfm repair mark-pending ${where} --statement 2 --reason WHY or bfm repair mark-pending ${where} --statement 3 --reason WHY`,
  );
});

it('knows that nothing is left behind the last statement', () => {
  const text = 'bfm repair mark-pending --statement NEXT';
  const place = { step, target, statement: 2 };
  expect(completeRepairs(text, place)).toBe(`bfm repair mark-applied ${where} --reason WHY`);
  const down: PlanStep = { ...step, direction: 'down' };
  expect(completeRepairs(text, { ...place, step: down })).toBe(
    `bfm repair mark-pending ${where} --reason WHY`,
  );
});

it('leaves other texts alone', () => {
  const text = 'run the same command again';
  expect(completeRepairs(text, { step, target, statement: null })).toBe(text);
});
