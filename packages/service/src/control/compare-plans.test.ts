import type { MigrationId, Plan, PlanGroup, PlanStep, SchemaName } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { eachGone, findStrange } from './compare-plans.ts';
import { eachPlanned, PlanPlaces } from './plan-places.ts';

const step = (id: string, text = id): PlanStep =>
  ({
    migrationId: id as MigrationId,
    direction: 'up',
    checksum: 'c',
    execution: { transaction: 'per-migration' },
    statements: [{ text }],
  }) as unknown as PlanStep;

const group = (schemas: readonly string[], steps: readonly PlanStep[]): PlanGroup =>
  ({
    backend: 'postgresql',
    connection: 'core',
    targets: schemas.map((schema) => ({ schema: schema as SchemaName, createSchema: false })),
    steps,
  }) as unknown as PlanGroup;

const places = (...groups: readonly PlanGroup[]): PlanPlaces => new PlanPlaces({ groups } as unknown as Plan);

const names = (found: Iterable<{ target: { schema: string }; step: PlanStep; position: number }>): string[] =>
  [...found].map(
    ({ position, target, step: { migrationId } }) => `${position} ${target.schema} ${migrationId}`,
  );

const FIRST = places(group(['a', 'b'], [step('1'), step('2')]), group(['c'], [step('2'), step('3')]));

describe('places of steps', () => {
  it('count target by target', () => {
    expect(names(eachPlanned(FIRST.plan))).toEqual(['1 a 1', '2 a 2', '3 b 1', '4 b 2', '5 c 2', '6 c 3']);
    for (const { position, target, step: found } of eachPlanned(FIRST.plan)) {
      expect(FIRST.positionOf(target, found.migrationId)).toBe(position);
    }
    expect(FIRST.stepCount).toBe(6);
  });
});

describe('a plan that was made anew', () => {
  it('is a part of the first one when something was done meanwhile', () => {
    const now = places(group(['b'], [step('2')]), group(['c'], [step('2'), step('3')]));
    expect(findStrange(FIRST, now)).toBe(null);
    expect(names(eachGone(FIRST, now))).toEqual(['1 a 1', '2 a 2', '3 b 1']);
  });

  it('is the first one when nothing was', () => {
    expect(findStrange(FIRST, FIRST)).toBe(null);
    expect(names(eachGone(FIRST, FIRST))).toEqual([]);
  });

  it.each([
    ['a migration more', places(group(['a'], [step('1'), step('4')])), 'a 4'],
    ['a target more', places(group(['a', 'd'], [step('1')])), 'd 1'],
    ['a migration on another target', places(group(['c'], [step('1')])), 'c 1'],
    ['other statements', places(group(['a'], [step('1', 'other')])), 'a 1'],
  ])('is none of it with %s', (_, now, strange) => {
    const found = findStrange(FIRST, now);
    expect(`${found?.target.schema ?? ''} ${found?.step.migrationId ?? ''}`).toBe(strange);
  });
});
