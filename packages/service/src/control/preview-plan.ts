import type { Plan, PlanRequest } from '@bfm/core';
import { planMigrations } from '../plan-migrations.ts';
import type { Caller } from './caller.ts';
import type { ControlContext } from './control-context.ts';

/** Plans what a request asks for, and changes nothing. @throws whatever {@link planMigrations} throws */
export function previewPlan(request: PlanRequest, caller: Caller, control: ControlContext): Promise<Plan> {
  return planMigrations(request, planningContext(caller, control));
}

/** A context in which nothing is run. */
export function planningContext(
  { name }: Pick<Caller, 'name'>,
  control: ControlContext,
): ReturnType<ControlContext['serviceFor']> {
  return control.serviceFor({ actor: name, runId: control.newId(), emit: () => undefined });
}
