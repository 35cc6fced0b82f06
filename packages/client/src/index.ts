/**
 * The client of a BFM server, for programs: typed, without dependencies, on Node and in browsers. It must not know anything of the
 * other packages. Main entry: {@link BfmClient}.
 */
export type {
  AuditEntry,
  AuditFilter,
  AuditPage,
  CatalogEntry,
  Connection,
  GroupedPlan,
  GroupedStep,
  HistoryFilter,
  HistoryStep,
  LedgerEvent,
  LedgerEventOrder,
  LedgerEventPage,
  LintReport,
  MadeToken,
  Plan,
  PlanGroup,
  PlannedStep,
  PageOrder,
  PlanOrder,
  Run,
  RunEvent,
  RunFilter,
  RunHead,
  RunOrder,
  RunPage,
  RunStatus,
  RunSummary,
  StatusPage,
  Step,
  StepOutcome,
  TargetFilter,
  TargetStatus,
  Token,
  TokenOrder,
  TokenRotation,
} from './api-types.ts';
export { BfmClient } from './bfm-client.ts';
export { AddressError } from './client-options.ts';
export type { ClientOptions } from './client-options.ts';
export {
  BadAnswerError,
  BfmClientError,
  ConflictError,
  DecisionNeededError,
  ForbiddenError,
  InvalidRequestError,
  NoAnswerError,
  NotFoundError,
  ServerError,
  TimedOutError,
  TooManyRequestsError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedError,
} from './errors.ts';
export type { FailedRequest, ServerErrorBody } from './errors.ts';
export type { ClientPlatform } from './platform.ts';
export type { CallOptions } from './request-sender.ts';
export type { TokensClient } from './tokens-client.ts';
