import type { ScopePlace } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import type { ScopeWork } from '../targets/change-scopes.ts';
import { locateScopes, type LocatedScope } from '../targets/keepers.ts';

/** Targets to be given up. */
export interface ForgetPlan {
  readonly located: readonly LocatedScope[];
  readonly works: readonly ScopeWork[];
}

/**
 * Works out how to give targets up whose schemas are gone, or which are none of ours: their rows count no more.
 *
 * @throws {target.not_found} {target.unreachable}
 */
export async function planForget(
  places: readonly ScopePlace[],
  context: ServiceContext,
): Promise<ForgetPlan> {
  const located = await locateScopes(places, context);
  const works = located.map(({ store, record }): ScopeWork => {
    const { connection, schema } = record;
    const each = [{ connection, schema }];
    const { keeper } = store;
    return { places: each, keeper, leased: [schema], attempt: (change) => keeper.retire(each, change) };
  });
  return { located, works };
}
