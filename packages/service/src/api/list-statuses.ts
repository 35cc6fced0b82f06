import { BfmError, type PlanRequest } from '@bfm/core';
import type { PageRequest } from '@bfm/engine';
import type { Caller } from '../control/caller.ts';
import type { ControlContext } from '../control/control-context.ts';
import { planningContext } from '../control/preview-plan.ts';
import { statusScope } from '../planning/status-scope.ts';
import { presentStatus } from '../present/present-status.ts';
import { readPendingFaults, readStatus, type TargetStatus } from '../read-status.ts';
import { readPlanOrder, type SentPlanOrder } from './read-plan-order.ts';
import { comparePlaces, findTargetPart, type TargetPlace } from './target-part.ts';

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
 * Tells how targets stand, by connection and schema; a store that cannot be reached is an answer. Of the ledgers only those of
 * this part are read: a target that the ledger knows and whose schema is gone leaves the part shorter.
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
  const after = page.after === null ? null : readCursor(page.after);
  const part = await findTargetPart(statusScope(request, context), { after, limit: page.limit }, context);
  const found = await readStatus(request, context, part.scope);
  const items = [...found].sort((a, b) => comparePlaces(toPlace(a), toPlace(b)));
  const next = part.next === null ? null : toCursor(part.next);
  const faults = withFaults ? await readPendingFaults(items, context) : [];
  return { body: { ...presentStatus(items, faults), next }, next };
}

function toPlace({ target }: TargetStatus): TargetPlace {
  return { connection: target.connection, schema: target.schema ?? '' };
}

function toCursor({ connection, schema }: TargetPlace): string {
  return encodeURIComponent(JSON.stringify([connection, schema]));
}

function readCursor(text: string): TargetPlace {
  try {
    const parts: unknown = JSON.parse(decodeURIComponent(text));
    if (Array.isArray(parts) && parts.length === 2 && parts.every((part) => typeof part === 'string')) {
      const [connection = '', schema = ''] = parts;
      if (!`${connection}${schema}`.includes('\0')) return { connection, schema };
    }
  } catch {
    // Said below.
  }
  throw new BfmError('request.invalid', {
    message: 'after is not what an answer gave as next',
    next: 'leave it out to begin at the first page',
  });
}
