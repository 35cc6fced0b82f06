import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { EngineEvent } from '@bfm/core';
import { openRuntime, type RuntimeOptions } from '@bfm/runtime';
import type { ServiceContext } from '@bfm/service';
import { userName } from './user-name.ts';

/** What direct mode is opened with. */
export interface DirectOptions extends RuntimeOptions {
  /** The folder of migrations. */
  readonly sfm: string;
  readonly emit: (event: EngineEvent) => void;
}

/** Direct mode: the use cases' context over real adapters, to be disposed when done. */
export interface Direct extends AsyncDisposable {
  readonly context: ServiceContext;
}

/**
 * The composition root of direct mode: use cases over the databases themselves, and over the migrations as they are now.
 *
 * @throws {source.missing} {config.invalid}
 */
export async function openDirect({ sfm, emit, ...options }: DirectOptions): Promise<Direct> {
  const runtime = openRuntime(options);
  const { catalog, faults } = await runtime.readMigrations(sfm, null);
  return {
    context: runtime.contextFor({
      catalog,
      sourceFaults: faults,
      newRunId: () => randomUUID(),
      actor: `${userName()}@${hostname()}`,
      emit,
    }),
    [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
  };
}
