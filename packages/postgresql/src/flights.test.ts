import type { PlanStep } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { Flights, needsAnswers } from './flights.ts';
import { StepPace } from './step-pace.ts';

interface Parts {
  readonly texts?: readonly string[];
  readonly verify?: string;
}

// Only what decides about sending together matters here.
function step({ texts = ['CREATE TABLE t (id int)'], verify }: Parts = {}): PlanStep {
  const parts = {
    statements: texts.map((text) => ({ text })),
    literalPlaceholder: null,
    execution: { verify: verify ?? null },
  };
  return parts as unknown as PlanStep;
}

function many(count: number): readonly PlanStep[] {
  return Array.from({ length: count }, () => step());
}

describe('steps that are sent together', () => {
  it('are more and more while all is quick, and one again after a slow one', () => {
    const flights = new Flights(many(100), new StepPace());
    const sizes = [];
    for (const wasQuick of [true, true, true, true, false, true, true]) {
      sizes.push(flights.sizeFrom(0));
      flights.note(wasQuick);
    }
    expect(sizes).toEqual([1, 2, 4, 8, 8, 1, 2]);
  });

  it('are sixteen where all of them are known to be quick, and no more than are left', () => {
    const steps = many(20);
    const pace = new StepPace();
    pace.note(steps, 1);
    const flights = new Flights(steps, pace);
    expect([flights.sizeFrom(0), flights.sizeFrom(16), flights.sizeFrom(19)]).toEqual([16, 4, 1]);
    pace.forget(steps);
    expect(flights.sizeFrom(0)).toBe(1);
  });

  it('end before one whose answers decide, and before there is too much of them', () => {
    const asked = step({ verify: 'SELECT true' });
    const large = step({ texts: [`INSERT INTO t VALUES ('${'a b '.repeat(9_000)}')`] });
    const steps = [step(), step(), asked, step(), large, step()];
    const pace = new StepPace();
    pace.note(steps, 1);
    const flights = new Flights(steps, pace);
    expect(steps.map((_step, index) => flights.sizeFrom(index))).toEqual([2, 1, 1, 1, 1, 1]);
  });

  it('are none that might cut a name short', () => {
    for (const text of [
      `CREATE TABLE ${'n'.repeat(64)} (id int)`,
      `CREATE TABLE "${'n '.repeat(32)}" (id int)`,
      `CREATE TABLE ${'é'.repeat(32)} (id int)`,
      "DO $$ BEGIN EXECUTE 'CREATE TABLE t (id int)'; END $$",
      'SELECT make_tables()',
      'CALL make_tables()',
      'WITH made AS (SELECT make_tables()) INSERT INTO t SELECT * FROM made',
    ]) {
      expect([text, needsAnswers(step({ texts: ['CREATE TABLE t (id int)', text] }))]).toEqual([text, true]);
    }
    for (const text of [`CREATE TABLE ${'n'.repeat(63)} (id int)`, 'insert into t values (1)']) {
      expect([text, needsAnswers(step({ texts: [text] }))]).toEqual([text, false]);
    }
  });
});
