import { executeRun, type Execution, type ExecutionEnd } from '@bfm/service';
import { findUnsound, useTestDatabase, type PostgresMajor, type TestDatabase } from '@bfm/testing';
import { onTestFinished } from 'vitest';
import { openControlWorld, type ControlWorld } from './control-world.ts';
import { makeEffectTree, type EffectTree, type EffectTreeOptions } from './effect-tree.ts';
import { makeStateSchema } from './state-schema.ts';

/** A state, a target and a tree of migrations that count their effects. */
export interface ControlStage {
  readonly state: TestDatabase;
  readonly target: TestDatabase;
  /** Empties both databases and opens use cases over a new tree; all of it ends with the test. */
  readonly open: (tree?: EffectTreeOptions) => Promise<OpenStage>;
}

/** Use cases of one test. */
export interface OpenStage {
  readonly world: ControlWorld;
  readonly tree: EffectTree;
  /** Closes the use cases and runs the checker: what it answers should be nothing. */
  readonly findUnsound: () => Promise<readonly string[]>;
}

/** Makes two databases for the `describe` block that calls it. */
export async function useControl(major: PostgresMajor): Promise<ControlStage> {
  const state = await useTestDatabase(major);
  const target = await useTestDatabase(major);
  return {
    state,
    target,
    open: async (options = { seconds: 0 }) => {
      await state.query('DROP SCHEMA IF EXISTS bfm_state, bfm_state_queue CASCADE');
      await target.query(
        'DROP SCHEMA IF EXISTS one, two, three, four, five, bfm CASCADE; DROP TABLE IF EXISTS public.effect_log',
      );
      await makeStateSchema(state);
      const tree = await makeEffectTree(target, options);
      onTestFinished(() => tree[Symbol.asyncDispose]());
      const world = await openControlWorld({ stateUrl: state.url, targetUrl: target.url, sfm: tree.sfm });
      let closed: Promise<void> | null = null;
      const close = (): Promise<void> => (closed ??= Promise.resolve(world[Symbol.asyncDispose]()));
      onTestFinished(close);
      const check = async (): Promise<readonly string[]> => {
        await close();
        return findUnsound({ url: target.url, unlogged: tree.unlogged });
      };
      return { world, tree, findUnsound: check };
    },
  };
}

/** A way to work on runs that nobody interrupts, with parts replaced. */
function execution(parts: Partial<Execution> = {}): Execution {
  const never = new AbortController().signal;
  return { worker: 'w1', leaseMs: 15_000, lossesMax: 5, stop: never, cancel: never, ...parts };
}

/** Works on a run to its end. */
export function work(
  runId: string,
  { control }: ControlWorld,
  parts: Partial<Execution> = {},
): Promise<ExecutionEnd> {
  return executeRun(runId, execution(parts), control);
}
