import type { Checksum } from './migration.ts';
import type { MigrationId } from './migration-id.ts';
import type { Target } from './target.ts';
import type { Version } from './version.ts';

/**
 * What a ledger says of one migration in one target. `deferred`: known to be pending when a later one was applied,
 * because it was not selected or a dependency of it failed. `started`: it runs bare or in batches, and part of it may
 * be in the target; the next up goes on with it. `undoing`: the same of its down. Of a `failed` one nothing is there.
 */
export type LedgerStatus = 'applied' | 'failed' | 'rolled_back' | 'deferred' | 'started' | 'undoing';

/** Whether a migration's change is in the target, wholly or (`undoing`) what is left of it. */
export function isInTarget(status: LedgerStatus): boolean {
  return status === 'applied' || status === 'undoing';
}

/** One row of a target's ledger. */
export interface LedgerEntry {
  readonly migrationId: MigrationId;
  readonly version: Version;
  readonly status: LedgerStatus;
  /** Checksum of the up file the row speaks of. */
  readonly checksum: Checksum;
}

/**
 * The rows of a ledger, shared by all targets whose ledgers say exactly the same: a fleet of thousands of tenants
 * has only a few shapes.
 */
export interface LedgerShape {
  /** Equal for equal shapes of one store, different for others. */
  readonly key: string;
  readonly entries: ReadonlyMap<MigrationId, LedgerEntry>;
}

/** What a store says of one target, before anybody judges it. */
export interface TargetState {
  readonly target: Target;
  /**
   * Whether the schema exists, and if so whether it holds any object. `shared`: it does, and another connection's
   * migrations are applied there, but none of this one's.
   */
  readonly presence: 'missing' | 'empty' | 'populated' | 'shared';
  /**
   * What the ledger knows of the target: nothing, this very schema, or one of the same name that was dropped since.
   */
  readonly scope: 'none' | 'known' | 'recreated';
  /** The ledger's rows; those of the dropped schema when `recreated`. */
  readonly shape: LedgerShape;
}

/** What the append-only events of a ledger can say. */
export type LedgerEventKind = 'applied' | 'rolled_back' | 'failed' | 'baselined' | 'repaired';

/** One append-only event of a target's ledger. */
export interface LedgerEvent {
  /** Grows with every event of one database. A decimal number as text: it may pass 2^53. */
  readonly eventId: string;
  readonly kind: LedgerEventKind;
  /** `null`: it speaks of the whole target. */
  readonly migrationId: MigrationId | null;
  readonly connection: string;
  readonly schema: string;
  /** RFC 3339, UTC, by the target's clock. */
  readonly at: string;
  readonly runId: string;
  /** Who: `user@host` of the process in direct mode. */
  readonly actor: string;
  /** `null`: it speaks of the whole target. */
  readonly checksum: string | null;
  readonly durationMs: number | null;
  /** The error of a failed step, for people; `null` otherwise. */
  readonly error: string | null;
  /** Why somebody changed the ledger by hand; `null` for what migrations did. */
  readonly reason: string | null;
  /** What else is to be remembered of it, for programs; `null` when nothing is. */
  readonly detail: Readonly<Record<string, unknown>> | null;
}
