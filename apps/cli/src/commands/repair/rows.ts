import type { PlanRequest } from '@bfm/core';
import {
  planAcceptChecksum,
  planMarkApplied,
  planMarkPending,
  planUnbaseline,
  requireReason,
  type RepairPlan,
  type ServiceContext,
} from '@bfm/service';
import type { Invocation } from '../../invocation.ts';
import { selectingIn } from '../../modes/selecting.ts';
import type { RepairCommandOptions } from '../../options/option-types.ts';
import { buildPlanRequest } from '../../options/plan-request.ts';
import { usageError } from '../../options/usage-error.ts';
import { openSession } from '../session.ts';
import { carryOutRepair } from './carry-out.ts';

/** What a repair is planned with. */
interface RepairInput {
  readonly reason: string;
  /** Without the migrations: some may be known to ledgers only. */
  readonly selection: PlanRequest;
  readonly context: ServiceContext;
}

/** `bfm repair mark-applied`: somebody has done it by other means. */
export async function runMarkApplied(options: RepairCommandOptions, invocation: Invocation): Promise<number> {
  requireMigration(options);
  return repair(options, invocation, async ({ reason, context }) =>
    planMarkApplied(await buildPlanRequest('up', options, selectingIn(context)), reason, context),
  );
}

/** `bfm repair mark-pending`: it is not applied after all, or only up to a statement. */
export async function runMarkPending(options: RepairCommandOptions, invocation: Invocation): Promise<number> {
  const migrations = requireMigration(options);
  return repair(options, invocation, ({ reason, selection, context }) =>
    planMarkPending({ selection, migrations, statement: options.statement ?? null }, reason, context),
  );
}

/** `bfm repair unbaseline`: takes a baseline back. */
export async function runUnbaseline(options: RepairCommandOptions, invocation: Invocation): Promise<number> {
  return repair(options, invocation, ({ reason, selection, context }) =>
    planUnbaseline(selection, reason, context),
  );
}

/** `bfm repair accept-checksum`: takes edited files for what was applied. */
export async function runAcceptChecksum(
  options: RepairCommandOptions,
  invocation: Invocation,
): Promise<number> {
  if ((options.migration === undefined) === (options.all === undefined)) {
    throw usageError(
      'accepting edited files needs --migration ID (repeatable) or --all',
      'bfm status shows which were edited',
    );
  }
  return repair(options, invocation, ({ reason, selection, context }) =>
    planAcceptChecksum({ selection, migrations: options.migration ?? null }, reason, context),
  );
}

async function repair(
  options: RepairCommandOptions,
  invocation: Invocation,
  plan: (input: RepairInput) => Promise<RepairPlan>,
): Promise<number> {
  const reason = requireReason(options.reason);
  await using session = await openSession(options, invocation);
  const { context } = session;
  const { migration: _known, ...selectors } = options;
  const selection = await buildPlanRequest('up', selectors, selectingIn(context));
  return await carryOutRepair(await plan({ reason, selection, context }), options, session);
}

function requireMigration({ migration }: RepairCommandOptions): readonly string[] {
  if (migration !== undefined) return migration;
  throw usageError(
    'say which migrations are meant with --migration ID (repeatable)',
    'bfm status lists what is pending, bfm history what was applied',
  );
}
