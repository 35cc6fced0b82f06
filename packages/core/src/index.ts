/**
 * The words of BFM as types: versions, names, migrations, plans, runs, ledgers, and the error catalogue.
 * Pure: imports nothing, knows no file, database, clock or process. Everything else imports this package.
 */
export {
  formatToken,
  makeToken,
  parseToken,
  TOKEN_ID_BYTES,
  TOKEN_SECRET_BYTES,
} from './access/token-text.ts';
export type { TokenBytes, TokenText } from './access/token-text.ts';
export { assertNever } from './assert-never.ts';
export type { Catalog } from './catalog.ts';
export { nameVariables, variablePrefix } from './connection-variables.ts';
export type { EngineEvent, StatementProgress, StepRef } from './engine-event.ts';
export { BfmError, isBfmError, toFaultsError } from './errors/bfm-error.ts';
export type { BfmErrorInit, ErrorDetails, Fault } from './errors/bfm-error.ts';
export { CATEGORIES, ERROR_CATALOG, exitCodeOf } from './errors/error-catalog.ts';
export type { CategorySpec, ErrorCategory, ErrorCode, ErrorSpec } from './errors/error-catalog.ts';
export { maskSecret } from './errors/mask-secret.ts';
export { networkReason } from './errors/network-reason.ts';
export type { NetworkReason } from './errors/network-reason.ts';
export { formatPlace } from './errors/where.ts';
export type { Where } from './errors/where.ts';
export { FAILPOINT_NAMES, FAILPOINTS, NO_FAILPOINTS } from './failpoints.ts';
export type { FailpointName, Failpoints, FailpointSpec, WaitingFailpoint } from './failpoints.ts';
export { isInTarget } from './ledger.ts';
export type {
  LedgerEntry,
  LedgerEvent,
  LedgerEventKind,
  LedgerShape,
  LedgerStatus,
  TargetState,
} from './ledger.ts';
export { makePlanRequest } from './make-plan-request.ts';
export { mendFile } from './mend-file.ts';
export { toMigrationId, toSchemaMigrationId } from './migration-id.ts';
export type { MigrationId, MigrationIdParts } from './migration-id.ts';
export type {
  Checksum,
  Direction,
  Migration,
  RequiredTable,
  Requirements,
  Script,
  ScriptExecution,
} from './migration.ts';
export {
  BACKENDS,
  IDENTIFIER_BYTES_MAX,
  isBackendName,
  isOwnSchema,
  isTagKey,
  parseConnectionName,
  STATE_CONNECTION,
  parseSchemaName,
  utf8Length,
} from './names.ts';
export type { BackendName, ConnectionName, NameResult, SchemaName } from './names.ts';
export type {
  Plan,
  PlanDigest,
  PlanGroup,
  PlannedTarget,
  PlanRequest,
  PlanSkip,
  PlanStep,
  SkipReason,
  StepDependency,
  StepKind,
} from './plan.ts';
export { quoteIdentifier } from './quote-identifier.ts';
export { quoteOption, quoteWord } from './quote-word.ts';
export { repairCommand } from './repair-command.ts';
export type { RepairCommandParts } from './repair-command.ts';
export { isFailure, toRunResult } from './run.ts';
export type {
  RunResult,
  RunResultInit,
  RunStatus,
  RunSummary,
  RunUnit,
  StepOutcome,
  StepResult,
} from './run.ts';
export type {
  BareStatement,
  CompiledScript,
  LiteralPlaceholder,
  ObjectName,
  Statement,
  UnqualifiedChange,
  UnqualifiedNames,
} from './statement.ts';
export { describeHolder } from './target-holder.ts';
export type { TargetHolder } from './target-holder.ts';
export { compareText, targetKey } from './target.ts';
export type { Target } from './target.ts';
export { parseDuration } from './text/duration.ts';
export type { ValueResult } from './text/duration.ts';
export { didYouMean, nearestName } from './text/nearest-name.ts';
export { advance, countCharacters, indexOfCharacter, placeAt } from './text/place.ts';
export type { Place } from './text/place.ts';
export { isCalendarVersion, parseVersion } from './version.ts';
export type { Version } from './version.ts';
