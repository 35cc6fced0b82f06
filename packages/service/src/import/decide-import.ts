import type { Catalog, Migration, MigrationId, TargetState } from '@bfm/core';
import { effectiveShape, type LedgerEdit } from '@bfm/engine';
import type { Claim } from './claim.ts';
import type { Judgement } from './judge-target.ts';

/** What an edit is made of. */
export interface ImportDecision {
  readonly state: TargetState;
  readonly judgement: Judgement;
  readonly claims: ReadonlyMap<MigrationId, Claim>;
  /** All of the target, in canonical order. */
  readonly migrations: readonly Migration[];
  /** Where the claims come from, for people. */
  readonly origin: string;
}

/** Makes the edit that records a judgement; `null`: there is nothing to record. Pure. */
export function decideImport(decision: ImportDecision): LedgerEdit | null {
  const { state, judgement, claims, migrations, origin } = decision;
  const { entries } = effectiveShape(state);
  const unrecorded = migrations.filter(({ id }) => !entries.has(id));
  const marked = unrecorded.filter(({ id }) => judgement.applied.has(id));
  const deferred = passedOver(decision, unrecorded);
  if (marked.length + deferred.length === 0) return null;
  return {
    kind: 'baselined',
    action: 'import-bfm',
    reason: null,
    done: null,
    changes: marked.map(({ id, up }) => ({
      migrationId: id,
      before: null,
      after: { status: 'applied', checksum: up.checksum },
      detail: {
        state_applied_at: toUtc(claims.get(id)?.appliedAt ?? null),
        state_executed_by: claims.get(id)?.executedBy ?? null,
      },
    })),
    deferred: deferred.map(({ id, up }) => ({ migrationId: id, checksum: up.checksum })),
    detail: { state: origin },
  };
}

/**
 * Left pending on purpose, so that it is not out of order later, and is not asked about again: what comes before something
 * that is applied, and what was decided to be pending.
 */
function passedOver(
  { judgement, migrations }: ImportDecision,
  unrecorded: readonly Migration[],
): readonly Migration[] {
  const last = migrations.findLastIndex(({ id }) => judgement.applied.has(id));
  const earlier = new Set(migrations.slice(0, last + 1).map(({ id }) => id));
  const decided = new Set(judgement.settled.map(({ migration }) => migration.id));
  return unrecorded.filter(({ id }) => !judgement.applied.has(id) && (earlier.has(id) || decided.has(id)));
}

/** Times in a state bear no zone; its programs run in UTC as a rule. */
function toUtc(time: string | null): string | null {
  return time === null ? null : `${time}Z`;
}

/** The migrations of each target of a place: those of a fixed schema, or the dynamic ones of a connection. */
export function migrationsOf(
  { migrations }: Catalog,
  { connection, schema }: Pick<Migration, 'connection' | 'schema'>,
): readonly Migration[] {
  return migrations.filter((migration) => migration.connection === connection && migration.schema === schema);
}
