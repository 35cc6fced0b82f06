import type { Plan, PlanRequest } from '@bfm/core';
import { planDown, planScope, planUp, type ScriptCompiler } from '@bfm/engine';
import { checkRequirements } from './planning/check-requirements.ts';
import { findConnection } from './planning/find-connection.ts';
import { pendingExists } from './planning/pending-migrations.ts';
import { readLedgers } from './planning/read-ledgers.ts';
import { refuseForgotten } from './planning/refuse-forgotten.ts';
import { requireSelection } from './planning/require-selection.ts';
import { requireSessions } from './planning/require-sessions.ts';
import { createSameMeaning } from './planning/same-meaning.ts';
import { tellFaultySource } from './planning/tell-faulty-source.ts';
import { warnOfFallThrough } from './planning/warn-fall-through.ts';
import type { ServiceContext } from './service-context.ts';

/**
 * Plans what a request asks for: reads ledgers, changes nothing.
 *
 * @throws whatever stands against the plan, all of it at once: source faults, `drift.*`, `ledger.*`, `migration.*`,
 * `rollback.dependents`, `requirement.unmet`, `backend.capability_missing`, `connection.not_found`, `target.unreachable`
 */
export async function planMigrations(request: PlanRequest, context: ServiceContext): Promise<Plan> {
  for (const name of request.connections) findConnection(name, context);
  const scope = planScope(context.catalog, request);
  // Going down, what is applied through connections that are not configured cannot be known, and is left alone.
  const connections = request.direction === 'up' ? scope.demands.map(({ connection }) => connection) : [];
  const faulty = await tellFaultySource({ request, scope, connections }, context);
  if (faulty !== null) throw faulty;
  requireSelection(scope, request);
  const states = await readLedgers(scope, request, context);
  const sameMeaning = await createSameMeaning(states.values(), context);
  const needsCompiler = request.direction === 'down' || pendingExists(scope, states);
  const compiler = needsCompiler ? await context.loadCompiler() : NEVER_COMPILES;
  const { catalog, hasher } = context;
  const input = { catalog, request, scope, states, sameMeaning, compiler, hasher };
  const plan = request.direction === 'up' ? planUp(input) : planDown(input);
  requireSessions(plan, context);
  await refuseForgotten(plan, context);
  await checkRequirements(plan, context);
  const warnings = await warnOfFallThrough(plan, context);
  return warnings.length === 0 ? plan : { ...plan, warnings: [...plan.warnings, ...warnings] };
}

/** Stands in when nothing is pending, so that nothing is ever compiled. */
const NEVER_COMPILES: ScriptCompiler = {
  compile: () => {
    throw new Error('nothing was pending, yet a script is to be compiled');
  },
  sameMeaning: () => false,
};
