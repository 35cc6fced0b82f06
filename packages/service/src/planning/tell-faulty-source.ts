import {
  isBfmError,
  toFaultsError,
  type BfmError,
  type ConnectionName,
  type Fault,
  type Migration,
  type PlanRequest,
} from '@bfm/core';
import { compareFaults, type PlanScope } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import { unconfiguredFaults } from './find-connection.ts';
import { pendingMigrations } from './pending-migrations.ts';
import { readLedgers } from './read-ledgers.ts';

/** What a source is asked for. */
export interface SourceNeeds {
  readonly request: PlanRequest;
  readonly scope: PlanScope;
  /** Whose folders are needed. */
  readonly connections: Iterable<ConnectionName>;
}

/**
 * Makes the error of a source that cannot be worked with: faulty files, and folders whose connections are not configured;
 * `null` when there is no such thing. The faults of the scripts that would be applied are told with those of names and
 * directives, so that everything can be mended at once; scripts that are applied already, and what depends on faulty
 * migrations, are not looked at.
 */
export async function tellFaultySource(
  needs: SourceNeeds,
  context: ServiceContext,
): Promise<BfmError | null> {
  const faults = [...context.sourceFaults, ...unconfiguredFaults(needs.connections, context)];
  if (faults.length === 0) return null;
  const more = needs.request.direction === 'up' ? await pendingFaults(needs, context) : [];
  const [first, ...rest] = [...faults, ...more].sort(compareFaults);
  return first === undefined ? null : toFaultsError([first, ...rest]);
}

async function pendingFaults(
  { scope, request }: SourceNeeds,
  context: ServiceContext,
): Promise<readonly Fault[]> {
  const demands = scope.demands.filter(({ connection }) => context.connections.has(connection));
  const known = { ...scope, demands };
  try {
    return await scriptFaults(pendingMigrations(known, await readLedgers(known, request, context)), context);
  } catch (error) {
    // A store that cannot be reached must not hide what is known already.
    if (isBfmError(error)) return [];
    throw error;
  }
}

/** The faults of what these migrations would run, each migration looked at once. */
export async function scriptFaults(
  migrations: Iterable<Migration>,
  context: ServiceContext,
): Promise<readonly Fault[]> {
  const pending = new Set(migrations);
  if (pending.size === 0) return [];
  const compiler = await context.loadCompiler();
  return [...pending].flatMap((migration) => {
    const result = compiler.compile(migration, migration.up);
    return result.ok ? [] : result.faults;
  });
}
