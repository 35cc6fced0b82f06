import type { Fault } from './errors/bfm-error.ts';
import type { MigrationId } from './migration-id.ts';
import type { Checksum, Direction, Requirements, ScriptExecution } from './migration.ts';
import type { BackendName, ConnectionName, SchemaName } from './names.ts';
import type { LiteralPlaceholder, Statement, UnqualifiedNames } from './statement.ts';
import type { Version } from './version.ts';

declare const brand: unique symbol;

/** SHA-256 in lower-case hex over the canonical form of a plan. Equal digests: the same work on the same targets. */
export type PlanDigest = string & { readonly [brand]: 'PlanDigest' };

/**
 * How a step behaves when it is interrupted. `atomic`: all or nothing. `resumable`: goes on where it stopped.
 * `irreversible`: there is no way back (an up without a down).
 */
export type StepKind = 'atomic' | 'resumable' | 'irreversible';

/** A migration that must be applied, in the named schema or (`null`) in the step's own, before a step may run. */
export interface StepDependency {
  readonly connection: ConnectionName;
  readonly schema: SchemaName | null;
  readonly migrationId: MigrationId;
}

/** One migration in one direction, on every target of its group. */
export interface PlanStep {
  readonly migrationId: MigrationId;
  readonly version: Version;
  readonly name: string;
  readonly direction: Direction;
  readonly kind: StepKind;
  /** Why the step is here: asked for, or needed by one that was. */
  readonly reason: 'selected' | 'dependency';
  /** Checksum of the up file. */
  readonly checksum: Checksum;
  /** Path of the file that runs, relative to the sfm folder. */
  readonly file: string;
  readonly statements: readonly Statement[];
  /** Copied from the compiled script: unless it is `null`, placeholders may only be filled with plain names. */
  readonly literalPlaceholder: LiteralPlaceholder | null;
  /** Copied from the compiled script. */
  readonly unqualified: UnqualifiedNames;
  readonly execution: ScriptExecution;
  readonly requires: Requirements;
  /** Up: all direct dependencies, applied already or planned here. Down: the dependents that this plan rolls back first. */
  readonly after: readonly StepDependency[];
}

/** A target of a plan, with what has to be done to it before its first step. */
export interface PlannedTarget {
  readonly schema: SchemaName;
  /** The schema does not exist and is created inside the first step's transaction. */
  readonly createSchema: boolean;
}

/** Targets of one connection that have exactly the same steps before them. */
export interface PlanGroup {
  readonly backend: BackendName;
  readonly connection: ConnectionName;
  /** Ordered by schema. */
  readonly targets: readonly PlannedTarget[];
  /** In the order they run. */
  readonly steps: readonly PlanStep[];
  /** Pending migrations passed over by this plan that come before one of its steps; remembered in the ledger. */
  readonly deferred: readonly MigrationId[];
  /** Hash of what the ledgers of these targets say apart from the steps; another one later means the plan is stale. */
  readonly basis: string;
}

/** Why a target or migration that was asked for has nothing planned. */
export type SkipReason = 'up_to_date' | 'schema_missing' | 'schema_required' | 'not_applied';

/** Something asked for that the plan leaves out, with the reason. */
export interface PlanSkip {
  readonly connection: ConnectionName;
  /** `null`: no schema was named. */
  readonly schema: SchemaName | null;
  readonly reason: SkipReason;
  /** How many migrations this concerns. */
  readonly migrations: number;
}

/** What is wanted: the same words from CLI, HTTP and gRPC. Empty lists select everything. */
export interface PlanRequest {
  readonly direction: Direction;
  readonly connections: readonly ConnectionName[];
  readonly backends: readonly BackendName[];
  /** Named one by one; made when missing. */
  readonly schemas: readonly SchemaName[];
  /** From a list or query; skipped by name when missing, unless `createSchemas`. */
  readonly listedSchemas: readonly SchemaName[];
  /** True when a list or query was given, even one that came out empty. */
  readonly schemasListed: boolean;
  readonly createSchemas: boolean;
  /** All must match. */
  readonly tags: Readonly<Record<string, string>>;
  readonly migrations: readonly MigrationId[];
  /** Up: up to and including. Down: what is newer is rolled back, the version itself stays. */
  readonly to: Version | null;
  /** Down only: at most so many per target, newest first. */
  readonly steps: number | null;
  /** Down only: everything. */
  readonly all: boolean;
  readonly outOfOrder: 'refuse' | 'allow';
  readonly allowNonEmpty: boolean;
  /** Nothing is pulled in that was not selected, and dependents that stay do not stand against going down. */
  readonly ignoreDependencies: boolean;
}

/** An ordered, immutable, digest-identified list of work. */
export interface Plan {
  readonly digest: PlanDigest;
  readonly direction: Direction;
  readonly request: PlanRequest;
  readonly groups: readonly PlanGroup[];
  readonly skips: readonly PlanSkip[];
  /** Things a person should know before applying; none of them stops the plan. */
  readonly warnings: readonly Fault[];
}
