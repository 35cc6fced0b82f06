import { BfmError, toRunResult, type Plan, type StepOutcome, type StepResult } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { findUndoable } from './find-undoable.ts';

interface Given {
  readonly id: string;
  readonly connection: string;
  readonly outcome: StepOutcome;
  readonly code?: 'step.blocked' | 'run.cancelled' | 'target.locked';
  readonly kind?: 'atomic' | 'irreversible';
  readonly after?: readonly string[];
}

const step = (place: string, outcome: StepOutcome, more: Partial<Given> = {}): Given => {
  const [connection = '', id = ''] = place.split('/');
  return { id, connection, outcome, ...more };
};

/** What is undone and what stays of a unit `acme` whose steps ended like this. */
function undoable(
  given: readonly Given[],
): { undone: readonly string[]; stays: Record<string, string> } | null {
  const connections = [...new Set(given.map(({ connection }) => connection))];
  const connectionOf = new Map(given.map(({ id, connection }) => [id, connection]));
  const groups = connections.map((connection) => ({
    connection,
    targets: [{ schema: 'acme', createSchema: false }],
    steps: given
      .filter((each) => each.connection === connection)
      .map(({ id, kind = 'atomic', after = [] }) => ({
        migrationId: id,
        kind,
        after: after.map((needed) => ({
          connection: connectionOf.get(needed),
          schema: null,
          migrationId: needed,
        })),
      })),
  }));
  const results = given.map(({ id, connection, outcome, code }) => ({
    target: { backend: 'postgresql', connection, schema: 'acme' },
    migrationId: id,
    direction: 'up',
    outcome,
    error: code === undefined ? null : new BfmError(code, { message: code, next: 'none' }),
  }));
  const result = toRunResult({ runId: 'run', eachStep: () => results as unknown as StepResult[] });
  const [unit] = findUndoable({ groups } as unknown as Plan, result);
  if (unit === undefined) return null;
  return {
    undone: unit.undone.map(({ migrationId }) => migrationId),
    stays: Object.fromEntries(
      unit.stays.map(({ step: left, why }) => [left.migrationId, why.kind === 'needed' ? why.by : why.kind]),
    ),
  };
}

describe('what can be taken back of a unit', () => {
  it('is all that the run has applied, once a store has failed', () => {
    const steps = [step('app/a', 'applied'), step('app/b', 'skipped'), step('logs/c', 'failed')];
    expect(undoable(steps)).toEqual({ undone: ['a'], stays: {} });
  });

  it.each(['step.blocked', 'run.cancelled'] as const)(
    'is nothing when the rest was not begun: %s',
    (code) => {
      expect(undoable([step('app/a', 'applied'), step('logs/b', 'not_started', { code })])).toBeNull();
    },
  );

  it('counts a store that could not be taken as failed', () => {
    const locked = step('logs/b', 'not_started', { code: 'target.locked' });
    expect(undoable([step('app/a', 'applied'), locked])?.undone).toEqual(['a']);
  });

  it('leaves what has no down, what that depends on, and what came before it in its store', () => {
    const steps = [
      step('app/a', 'applied'),
      step('app/b', 'applied'),
      step('logs/c', 'applied'),
      step('logs/d', 'applied', { kind: 'irreversible', after: ['a'] }),
      step('logs/e', 'applied'),
      step('meta/f', 'failed'),
    ];
    expect(undoable(steps)).toEqual({
      undone: ['b', 'e'],
      stays: { d: 'irreversible', a: 'd', c: 'd' },
    });
  });

  it('leaves what a step stands upon of which nobody knows', () => {
    const steps = [
      step('app/a', 'applied'),
      step('app/b', 'applied'),
      step('logs/c', 'needs_attention', { after: ['a'] }),
    ];
    expect(undoable(steps)).toEqual({ undone: ['b'], stays: { a: 'c' } });
  });
});
