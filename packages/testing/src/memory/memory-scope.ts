import type { LedgerEvent, MigrationId, Target } from '@bfm/core';
import type { LockedEntry } from '@bfm/engine';

/** What a statement does when it runs. `lost_*`: the connection breaks before or after the commit. */
export type StatementEffect = 'ok' | 'failed' | 'contended' | 'lost_before_commit' | 'lost_after_commit';

/** Decides what a statement does; called once per execution. */
export type Behaviour = (sql: string, target: Target) => StatementEffect;

/** One target's own data. */
export interface MemoryScope {
  readonly target: Target;
  token: number;
  holder: string | null;
  exists: boolean;
  readonly entries: Map<MigrationId, LockedEntry>;
  readonly events: LedgerEvent[];
}
