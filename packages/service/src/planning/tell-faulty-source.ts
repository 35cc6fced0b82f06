import { isBfmError, toFaultsError, type BfmError, type Fault, type PlanRequest } from '@bfm/core';
import { compareFaults, planScope } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import { pendingMigrations } from './pending-migrations.ts';
import { readLedgers } from './read-ledgers.ts';

/**
 * Makes the error of a faulty source; `null` when it is sound. The faults of the scripts that would be applied are told
 * with those of names and directives, so that everything can be mended at once; scripts that are applied already, and
 * what depends on faulty migrations, are not looked at.
 */
export async function tellFaultySource(
  request: PlanRequest,
  context: ServiceContext,
): Promise<BfmError | null> {
  if (context.sourceFaults.length === 0) return null;
  const more = request.direction === 'up' ? await scriptFaults(request, context) : [];
  const [first, ...rest] = [...context.sourceFaults, ...more].sort(compareFaults);
  return first === undefined ? null : toFaultsError([first, ...rest]);
}

async function scriptFaults(request: PlanRequest, context: ServiceContext): Promise<readonly Fault[]> {
  try {
    const scope = planScope(context.catalog, request);
    const pending = new Set(pendingMigrations(scope, await readLedgers(scope, request, context)));
    const compiler = await context.loadCompiler();
    return [...pending].flatMap((migration) => {
      const result = compiler.compile(migration, migration.up);
      return result.ok ? [] : result.faults;
    });
  } catch (error) {
    // A store that cannot be reached must not hide what is known already.
    if (isBfmError(error)) return [];
    throw error;
  }
}
