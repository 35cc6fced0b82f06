import { BfmError, compareText, type PlanRequest } from '@bfm/core';
import type { PageRequest } from '@bfm/engine';
import type { Caller } from '../control/caller.ts';
import type { ControlContext } from '../control/control-context.ts';
import { planningContext } from '../control/preview-plan.ts';
import { presentStatus } from '../present/present-status.ts';
import { readPendingFaults, readStatus, type TargetStatus } from '../read-status.ts';
import { readPlanOrder, type SentPlanOrder } from './read-plan-order.ts';

/** Statuses of targets, a part of them. */
export interface StatusPage {
  readonly body: Record<string, unknown>;
  readonly next: string | null;
}

/** Which targets, which part of the list, and what is told of them. */
export interface StatusOrder {
  readonly sent: SentPlanOrder;
  readonly page: PageRequest;
  /** Also what is wrong with the scripts that are pending in this part. */
  readonly withFaults: boolean;
}

/**
 * Tells how targets stand, by connection and schema; a store that cannot be reached is an answer.
 *
 * @throws as {@link readStatus} and {@link readPlanOrder} do
 */
export async function listStatuses(
  { sent, page, withFaults }: StatusOrder,
  caller: Caller,
  control: ControlContext,
): Promise<StatusPage> {
  const context = planningContext(caller, control);
  const request: PlanRequest = await readPlanOrder(sent, context);
  const all = [...(await readStatus(request, context))].sort((a, b) => compareText(keyOf(a), keyOf(b)));
  const after = page.after === null ? null : readCursor(page.after);
  const rest = after === null ? all : all.filter((status) => compareText(keyOf(status), after) > 0);
  const items = rest.slice(0, page.limit);
  const last = items.at(-1);
  const next = rest.length > items.length && last !== undefined ? toCursor(keyOf(last)) : null;
  const faults = withFaults ? await readPendingFaults(items, context) : [];
  return { body: { ...presentStatus(items, faults), next }, next };
}

function keyOf({ target }: TargetStatus): string {
  return JSON.stringify([target.connection, target.schema ?? '']);
}

function toCursor(key: string): string {
  return encodeURIComponent(key);
}

function readCursor(text: string): string {
  try {
    const key = decodeURIComponent(text);
    const parts: unknown = JSON.parse(key);
    if (Array.isArray(parts) && parts.length === 2 && parts.every((part) => typeof part === 'string')) {
      return key;
    }
  } catch {
    // Said below.
  }
  throw new BfmError('request.invalid', {
    message: 'after is not what an answer gave as next',
    next: 'leave it out to begin at the first page',
  });
}
