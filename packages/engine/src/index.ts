/**
 * The engine: plans as pure data, and runs that carry them out through ports. It knows the words of core and the
 * ports it defines itself; it must not know any database, file, clock or process. Main entries: {@link planScope},
 * {@link planUp}, {@link planDown}, {@link runPlan}, {@link buildCatalog}.
 */
export { buildCatalog } from './catalog/build-catalog.ts';
export { compareFaults } from './catalog/compare-faults.ts';
export type { DependencyRef, MigrationDraft } from './catalog/migration-draft.ts';
export { needsOwnSession, runsInOneTransaction } from './plan/compile-step.ts';
export type { QuarantinedMigration } from './catalog/quarantine.ts';
export { placeInSource } from './catalog/place-in-source.ts';
export type { FilledWith } from './catalog/place-in-source.ts';
export { renderBatch, renderName, renderStatement } from './catalog/render-statement.ts';
export type { PlaceholderName, PlaceholderValues } from './catalog/render-statement.ts';
export type { Grant } from './leases/grant.ts';
export { RenewedLease } from './leases/renewed-lease.ts';
export type { LeaseKeeping } from './leases/renewed-lease.ts';
export { assessTarget, effectiveShape } from './plan/assess-target.ts';
export type { Assessment, AssessmentInput, Drift, SameMeaning } from './plan/assess-target.ts';
export { baselineCommand, toBlockerFault } from './plan/blocker-fault.ts';
export { canonicalJson } from './plan/canonical-json.ts';
export { driftMend, toDriftFault } from './plan/drift-fault.ts';
export { planDown } from './plan/plan-down.ts';
export { planScope } from './plan/plan-scope.ts';
export type { PlanDemand, PlanScope } from './plan/plan-scope.ts';
export { planUp } from './plan/plan-up.ts';
export type { PlanInput } from './plan/plan-up.ts';
export { andTheRest, placeOptions, typedSchemas } from './plan/typed-schemas.ts';
export type { SchemasPlace } from './plan/typed-schemas.ts';
export type { Clock } from './ports/clock.ts';
export type { EventSink } from './ports/event-sink.ts';
export type { HoldKeeper, SessionHold } from './ports/hold-keeper.ts';
export type { Hasher } from './ports/hasher.ts';
export type { ObjectFinder } from './ports/import/object-finder.ts';
export type {
  EffectReader,
  ObjectKind,
  ObjectWord,
  SchemaEffect,
  SchemaObject,
} from './ports/import/schema-effects.ts';
export type { V1Execution, V1History, V1Listed, V1State, V1StateReader } from './ports/import/v1-state.ts';
export type {
  EditOptions,
  EditResult,
  LedgerEdit,
  LedgerKeeper,
  LockedLedger,
  RowChange,
  RowState,
} from './ports/ledger-keeper.ts';
export type { HeldLease, Lease, LeaseAttempt, LeaseHolder, LockProvider } from './ports/lock-provider.ts';
export type { SessionBudget, SessionPlace } from './ports/session-budget.ts';
export type { ScopeChange, ScopeKeeper, ScopePlace, ScopeRecord, ScopeResult } from './ports/scope-keeper.ts';
export type { CompileResult, ScriptCompiler } from './ports/script-compiler.ts';
export type {
  IdleTransaction,
  InvalidIndex,
  LedgerExamination,
  StoreExamination,
  StoreExaminer,
} from './ports/store-examiner.ts';
export type { AuditEntry, AuditFilter, Audit } from './ports/state/audit.ts';
export type { SlotRequest, SlotAnswer, ConnectionSlots } from './ports/state/connection-slots.ts';
export type { IdempotencyClaim, IdempotentAnswer, IdempotencyKeys } from './ports/state/idempotency-keys.ts';
export type {
  KnownMigration,
  SeenMigration,
  SyncResult,
  KnownMigrationReads,
  KnownMigrations,
} from './ports/state/known-migrations.ts';
export type { PageRequest, StatePage } from './ports/state/page.ts';
export type {
  MigrationSummary,
  NotedMigration,
  ProjectedMigration,
  ProjectionFilter,
  SummaryFilter,
  ProjectionReads,
  Projection,
} from './ports/state/projection.ts';
export type { NewRunEvent, RunEvent, RunEventReads, RunEvents } from './ports/state/run-events.ts';
export type { JobConsumer, JobConsumption, QueueDepth, RunJobs, RunQueue } from './ports/state/run-queue.ts';
export type {
  StoredRunStatus,
  RunMethod,
  NewRun,
  StoredRunHead,
  StoredRun,
  RunFilter,
  RunHold,
  RunTaking,
  RunWish,
  RunEnd,
  RunReads,
  RunStore,
} from './ports/state/run-store.ts';
export type { NewSkip, Skip, SkipReads, Skips } from './ports/state/skips.ts';
export type { StateActor, StateAction, JsonObject } from './ports/state/state-actor.ts';
export type {
  StateReads,
  StateNotes,
  StateWrites,
  RunHeartbeat,
  StateStore,
} from './ports/state/state-store.ts';
export type { StateExamination, UnsoundRow } from './ports/state/state-examination.ts';
export type {
  StoredStep,
  HistoryStep,
  StepFilter,
  StoredAttempt,
  StepReads,
  StepStore,
} from './ports/state/step-store.ts';
export type {
  TokenRole,
  NewToken,
  StoredToken,
  CheckedToken,
  TokenReads,
  Tokens,
} from './ports/state/tokens.ts';
export type { StoreKeeper } from './ports/store-keeper.ts';
export type {
  LockedEntry,
  PendingNote,
  SeriesFailure,
  SeriesFailureKind,
  SeriesObserver,
  SeriesResult,
  SeriesTimeouts,
  StatementReport,
  StepSeries,
  TargetSession,
} from './ports/target-session.ts';
export type {
  FoundElsewhere,
  HistoryQuery,
  ForgottenMigration,
  InspectQuery,
  OpenOptions,
  OpenResult,
  RequiredObject,
  Revision,
  SearchedName,
  StoreSnapshot,
  TargetHold,
  TargetStore,
  UnfinishedMigration,
} from './ports/target-store.ts';
export { whileLeased } from './run/open-target.ts';
export type { Waiting } from './run/open-target.ts';
export { leaseKey, lockLostError, toTargetHolder } from './run/target-leases.ts';
export type { LeaseRequest } from './run/target-leases.ts';
export { runPlan, toDryRun } from './run/run-plan.ts';
export { DEFAULT_ATTEMPTS_MAX, DEFAULT_LOCK_TIMEOUT_MS, DEFAULT_LOCK_WAIT_MS } from './run/run-options.ts';
export type { RunContext, RunOptions } from './run/run-options.ts';
