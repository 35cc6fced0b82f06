/**
 * The use cases, one file per verb: plan, apply, status, history, baseline, repair, doctor. The one path for CLI, HTTP and gRPC. Knows core and
 * the engine only; databases, files and the environment reach it through {@link ServiceContext}.
 */
export { applyPlan, dryRun, replan, requireSame } from './apply-plan.ts';
export type { ApplyOptions } from './apply-plan.ts';
export { listStatuses } from './api/list-statuses.ts';
export type { StatusPage } from './api/list-statuses.ts';
export { listCatalog } from './api/list-catalog.ts';
export { presentPlanGroups } from './api/present-plan-groups.ts';
export {
  presentAuditEntry,
  presentHistoryStep,
  presentRunEvent,
  presentRunHead,
  presentStoredRun,
  presentStoredStep,
} from './api/present-runs.ts';
export { parseConnection, readPlanOrder, readRunOrder } from './api/read-plan-order.ts';
export type { SentPlanOrder, SentRunOptions, SentRunOrder } from './api/read-plan-order.ts';
export { applyBaseline, planBaseline, requireAlike } from './baseline.ts';
export type { BaselineGroup, BaselinePlan } from './baseline.ts';
export type { SchemaDifferences, SchemaKind } from './baseline/compare-schemas.ts';
export type {
  ConnectionAddressSettings,
  HttpAddressSettings,
  PostgresAddressSettings,
} from './config/address.ts';
export type { ConfigEntry, ConfigMapping, ConfigNode } from './config/config-tree.ts';
export type {
  Configuration,
  ConnectionSettings,
  PoolSettings,
  ProgramSettings,
} from './config/configuration.ts';
export type {
  ConfigDocument,
  ConfigurationSources,
  Environment,
  SettingOrigin,
} from './config/configuration-sources.ts';
export { declaresConnection } from './config/declared-connections.ts';
export type {
  EtcdLockSettings,
  LockAddressSettings,
  LockSettings,
  RedisLockSettings,
} from './config/lock-reader.ts';
export { parseConfiguration } from './config/parse-configuration.ts';
export { readStateSource } from './config/state-source.ts';
export type { StateSource, StateSourceOptions } from './config/state-source.ts';
export { parseServerConfiguration } from './config/parse-server-configuration.ts';
export type {
  AutoMigrateSettings,
  ListenSettings,
  ServerConfiguration,
  ServerTlsSettings,
  StateSettings,
} from './config/server-configuration.ts';
export type { LogFormat, LogLevel, LogLevels, LogModule } from './config/log-levels.ts';
export type { TraceSettings } from './config/trace-settings.ts';
export type { TlsMode, TlsSettings } from './config/tls.ts';
export { YES_NO } from './config/value-types.ts';
export type { Reading, Scalar } from './config/value-types.ts';
export { authorise, isAllowed } from './control/authorise.ts';
export type { Asking, Attempt, Permission } from './control/authorise.ts';
export { awaitRun } from './control/await-run.ts';
export { ConnectionBudget } from './control/budget/connection-budget.ts';
export type { BudgetInit } from './control/budget/budget-init.ts';
export { cancelRun } from './control/cancel-run.ts';
export { pauseRun } from './control/pause-run.ts';
export { resumeRun } from './control/resume-run.ts';
export type { Caller } from './control/caller.ts';
export type { CatalogHolder, LoadedCatalog } from './control/catalog-holder.ts';
export type { ControlContext, ServiceUse } from './control/control-context.ts';
export { executeRun } from './control/execute-run.ts';
export type { Execution, ExecutionEnd } from './control/execution.ts';
export type { RunEnding } from './control/run-ending.ts';
export { findRun } from './control/find-run.ts';
export { followRun } from './control/follow-run.ts';
export type { Following } from './control/follow-run.ts';
export { listRuns } from './control/list-runs.ts';
export { listSteps } from './control/list-steps.ts';
export { eachPlanned } from './control/plan-places.ts';
export type { PlacedStep } from './control/plan-places.ts';
export { toOrderKey } from './control/order-key.ts';
export { rebuildProjection } from './control/rebuild-projection.ts';
export { planningContext, previewPlan } from './control/preview-plan.ts';
export { askSchemas } from './control/query-schemas.ts';
export type { SchemaQuery } from './control/query-schemas.ts';
export { retryRun } from './control/retry-run.ts';
export { RunChanges } from './control/run-changes.ts';
export { RunWishes } from './control/run-wishes.ts';
export { NO_RUN_OBSERVER } from './control/run-observer.ts';
export type { RunObserver } from './control/run-observer.ts';
export { hasEnded } from './control/run-ended.ts';
export { startRun } from './control/start-run.ts';
export { storedPlan } from './control/stored-plan.ts';
export { createToken } from './control/tokens/create-token.ts';
export type { CreatedToken, TokenOrder } from './control/tokens/create-token.ts';
export { firstToken } from './control/tokens/first-token.ts';
export { listTokens } from './control/tokens/list-tokens.ts';
export { revokeToken } from './control/tokens/revoke-token.ts';
export { rotateToken } from './control/tokens/rotate-token.ts';
export type { TokenRotation } from './control/tokens/rotate-token.ts';
export { TokenCheck } from './control/tokens/token-check.ts';
export type { Identity, TokenCheckOptions } from './control/tokens/token-check.ts';
export type { TokenContext, TokenCrypto } from './control/tokens/token-context.ts';
export type { OrderKey, RunDefaults, RunOrder, RunOrderOptions } from './control/run-order.ts';
export { examineEverything, findingsExitCode, toFindings } from './doctor.ts';
export type { DoctorRequest } from './doctor.ts';
export { examineProjection } from './doctor/examine-projection.ts';
export { examineState } from './doctor/examine-state.ts';
export type { Finding, FindingCode, Severity } from './doctor/finding.ts';
export { planDropTargets } from './drop-targets.ts';
export type { DropPlan } from './drop-targets.ts';
export { migrationsOf } from './editing/ledger-edit-run.ts';
export type { EditOutcome, EditResultOfTarget, EditRun, PlannedEdit } from './editing/ledger-edit-run.ts';
export { toDryEditRun, writeEdits } from './editing/write-edits.ts';
export type { EditSettings } from './editing/write-edits.ts';
export { groupFailures } from './failures/group-failures.ts';
export type { FailureCause } from './failures/group-failures.ts';
export { editExitCode, runExitCode, scopeExitCode } from './exit-code.ts';
export type { Suspicion } from './import/claim.ts';
export type { ImportPlan, ImportTarget, LeftAlone } from './import/import-plan.ts';
export type { Problem, Trust } from './import/judge-target.ts';
export { planImport } from './import/plan-import.ts';
export type { ImportRequest, ImportSources } from './import/plan-import.ts';
export {
  alikeProblems,
  describeClaim,
  describeObjects,
  requireDecided,
  SUSPICIONS,
} from './import/require-decided.ts';
export type { AlikeProblem } from './import/require-decided.ts';
export type { ImportSelection } from './import/select-targets.ts';
export type { KnownCatalog, KnownConnection, KnownMigration } from './known-catalog.ts';
export { lintExitCode, lintFiles } from './lint-files.ts';
export type { LintedFiles } from './lint-files.ts';
export { listTargets } from './list-targets.ts';
export type { KnownTarget, TargetList } from './list-targets.ts';
export { listTenants, parseSchemaNames, querySchemas } from './list-tenants.ts';
export { planMigrations } from './plan-migrations.ts';
export { presentBaseline } from './present/present-baseline.ts';
export { presentError } from './present/present-error.ts';
export { presentEvent } from './present/present-event.ts';
export { presentFindings } from './present/present-findings.ts';
export { presentHistory } from './present/present-history.ts';
export { presentImport } from './present/present-import.ts';
export { presentPlan } from './present/present-plan.ts';
export { presentRepair } from './present/present-repair.ts';
export { presentRun } from './present/present-run.ts';
export { presentStatus } from './present/present-status.ts';
export { presentScopeRun, presentTargets } from './present/present-targets.ts';
export { readHistory } from './read-history.ts';
export type { HistoryPage, HistoryRequest } from './read-history.ts';
export { readPendingFaults, readStatus } from './read-status.ts';
export type { TargetStatus } from './read-status.ts';
export { planAcceptChecksum } from './repair/accept-checksum.ts';
export { planForget } from './repair/forget-target.ts';
export type { ForgetPlan } from './repair/forget-target.ts';
export { planMarkApplied } from './repair/mark-applied.ts';
export { planMarkPending } from './repair/mark-pending.ts';
export type { RecordedSelection } from './repair/recorded-targets.ts';
export { planRenameConnection } from './repair/rename-connection.ts';
export type { RenamePlan } from './repair/rename-connection.ts';
export { listLocks } from './locks/list-locks.ts';
export type { HeldLock, LockList } from './locks/list-locks.ts';
export { presentToken } from './present/present-token.ts';
export { presentLock, presentLocks } from './locks/present-locks.ts';
export { findLock, releaseLock } from './locks/release-lock.ts';
export type { FoundLock } from './locks/release-lock.ts';
export { optionalReason, requireReason } from './repair/repair-plan.ts';
export type { RepairAction, RepairPlan } from './repair/repair-plan.ts';
export { planUnbaseline } from './repair/unbaseline.ts';
export { resolveMigrations } from './resolve-migrations.ts';
export type { ConnectionInfo, ServiceContext, TenantSource } from './service-context.ts';
export { changeScopes, toDryScopeRun } from './targets/change-scopes.ts';
export type { ScopeOutcome, ScopeRun, ScopeWork } from './targets/change-scopes.ts';
export type { LocatedScope } from './targets/keepers.ts';
export { describeUnfinished } from './unfinished.ts';
export { detailV1 } from './v1/detail.ts';
export { downV1 } from './v1/down.ts';
export { executionsV1, recentExecutionsV1 } from './v1/executions.ts';
export { historyV1 } from './v1/history.ts';
export { listV1 } from './v1/list.ts';
export { orderV1 } from './v1/order-batch.ts';
export { reindexV1, syncMigrations } from './v1/reindex.ts';
export { recentSkippedV1, skippedV1 } from './v1/skipped.ts';
export { rollbackV1 } from './v1/rollback.ts';
export { appliedV1, statusV1 } from './v1/status.ts';
export { streamUpV1 } from './v1/stream-up.ts';
export { upV1 } from './v1/up.ts';
export type { V1UpRequest } from './v1/up.ts';
export type { V1RunAnswer, V1RunBody } from './v1/v1-answer.ts';
export type { V1Origin } from './v1/v1-context.ts';
export type { V1Ask } from './v1/v1-run.ts';
export { readV1Target } from './v1/v1-target.ts';
export type { V1SentTarget, V1Target } from './v1/v1-target.ts';
export { resolveV1Id } from './v1/resolve-v1-id.ts';
export type { NamedMigration, ResolvedId } from './v1/resolve-v1-id.ts';
