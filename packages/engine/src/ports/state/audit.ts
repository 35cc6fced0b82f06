import type { PageRequest, StatePage } from './page.ts';
import type { StateAction, StateActor } from './state-actor.ts';

/** What somebody did or was refused. */
export interface AuditEntry extends StateAction {
  /** Grows; gaps mean nothing. */
  readonly seq: string;
  readonly at: string;
  readonly actor: StateActor;
}

/** Which entries are wanted; `null` is any. */
export interface AuditFilter {
  readonly actor: string | null;
  readonly action: string | null;
  readonly object: string | null;
}

/** What was done; entries are written by `StateStore.write` alone and never changed. */
export interface Audit {
  /** Newest first. */
  list(filter: AuditFilter, page: PageRequest): Promise<StatePage<AuditEntry>>;
}
