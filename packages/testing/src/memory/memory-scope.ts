import type { LedgerEvent, MigrationId, Target, TargetHolder } from '@bfm/core';
import type { LockedEntry, UnfinishedMigration } from '@bfm/engine';

/** What a statement does when it runs. `lost_*`: the connection breaks before or after the commit. */
export type StatementEffect = 'ok' | 'failed' | 'contended' | 'lost_before_commit' | 'lost_after_commit';

/** Decides what a statement does; called once per execution. */
export type Behaviour = (sql: string, target: Target) => StatementEffect;

/** One target's own data. */
export interface MemoryScope {
  readonly target: Target;
  token: number;
  holder: TargetHolder | null;
  exists: boolean;
  readonly entries: Map<MigrationId, LockedEntry>;
  readonly events: LedgerEvent[];
}

/** What has not ended well in a scope; in memory every step is a transaction, so that there is no progress. */
export function unfinishedIn({ target, entries, events }: MemoryScope): readonly UnfinishedMigration[] {
  const { connection, schema } = target;
  return [...entries.values()].flatMap(({ migrationId, status }) => {
    if (status !== 'failed' && status !== 'started' && status !== 'undoing') return [];
    const error = events.findLast((event) => event.migrationId === migrationId)?.error ?? null;
    const progress = { statementsDone: 0, rowsDone: 0, batchesDone: 0, statementBegun: null, running: false };
    return [{ connection, schema, migrationId, status, ...progress, error }];
  });
}
