import {
  BfmError,
  toFaultsError,
  type Fault,
  type LedgerEntry,
  type Statement,
  type Target,
  type Where,
} from '@bfm/core';
import type { LedgerEdit, RowChange, RowState } from '@bfm/engine';
import type { PlannedEdit } from '../editing/ledger-edit-run.ts';

/** The repairs of single ledger rows. */
export type RepairAction = 'mark-applied' | 'mark-pending' | 'unbaseline' | 'accept-checksum';

/** What a repair would change, and why. */
export interface RepairPlan {
  readonly action: RepairAction;
  readonly reason: string;
  readonly edits: readonly PlannedEdit[];
  /** Selected, and as wanted already. */
  readonly unchanged: readonly Target[];
}

/** A decision about one target: its changes, or why there can be none. */
export interface RepairDecision {
  readonly target: Target;
  readonly changes: readonly RowChange[];
  readonly faults: readonly Fault[];
}

/** What the decisions of a repair have in common. */
export interface RepairHead {
  readonly action: RepairAction;
  readonly reason: string;
  /** See {@link LedgerEdit.done}. */
  readonly done: readonly Statement[] | null;
}

/**
 * Puts decisions together.
 *
 * @throws the code of the first fault, with all of them; a repair is refused as a whole
 */
export function toRepairPlan(head: RepairHead, decisions: readonly RepairDecision[]): RepairPlan {
  const [first, ...rest] = decisions.flatMap(({ faults }) => faults);
  if (first !== undefined) throw toFaultsError([first, ...rest]);
  const { action, reason } = head;
  return {
    action,
    reason,
    edits: decisions
      .filter(({ changes }) => changes.length > 0)
      .map(({ target, changes }) => ({ target, edit: toEdit(head, changes), catalogChecksum: null })),
    unchanged: decisions.filter(({ changes }) => changes.length === 0).map(({ target }) => target),
  };
}

function toEdit({ action, reason, done }: RepairHead, changes: readonly RowChange[]): LedgerEdit {
  return { kind: 'repaired', action, reason, changes, done, deferred: [], detail: {} };
}

/** What a row says, or that there is none. */
export function toRowState(entry: LedgerEntry | undefined): RowState | null {
  return entry === undefined ? null : { status: entry.status, checksum: entry.checksum };
}

/** Says why a repair does not fit. */
export function notApplicable(message: string, where: Where, mend: string): Fault {
  return { code: 'repair.not_applicable', message: `${message}; nothing was changed`, where, mend };
}

/** What commands and help texts have in the place of a reason, typed as it stands there. */
const PLACEHOLDER = /^[<[]?(?:why|reason|text|\.\.\.|\u2026)[>\]]?$/i;

/**
 * Reads a reason: a repair without one cannot be understood later.
 *
 * @throws {request.invalid}
 */
export function requireReason(text: string | undefined): string {
  const reason = text?.trim() ?? '';
  if (PLACEHOLDER.test(reason)) throw placeholderReason(reason);
  if (reason !== '') return reason;
  throw new BfmError('request.invalid', {
    message: 'a reason is needed: it is kept in the ledger and told by bfm history',
    next: ADD_REASON,
  });
}

/**
 * Reads a reason that may be left out.
 *
 * @throws {request.invalid} when it is none
 */
export function optionalReason(text: string | undefined): string | null {
  return text === undefined ? null : requireReason(text);
}

const ADD_REASON = "add --reason 'what happened and who says so'";

function placeholderReason(text: string): BfmError {
  return new BfmError('request.invalid', {
    message: `${JSON.stringify(text)} stands for a reason and is none: what you write there is kept in the ledger and told by bfm history; nothing was changed`,
    next: ADD_REASON.replace('add', 'write'),
  });
}
