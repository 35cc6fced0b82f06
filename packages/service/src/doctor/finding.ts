import type { BfmError, ErrorCode, Fault, Where } from '@bfm/core';

/** What a doctor can find in a store, beside errors and faults, which have codes of their own. Stable: programs match on them. */
export type FindingCode =
  | ErrorCode
  | 'files.sound'
  | 'locks.reached'
  | 'state.reached'
  | 'state.projection_stale'
  | 'server.reached'
  | 'server.too_old'
  | 'server.untried'
  | 'server.standby'
  | 'login.no_schemas'
  | 'pooler.expected'
  | 'pooler.unexpected'
  | 'clock.skew'
  | 'ledger.none'
  | 'ledger.sound'
  | 'ledger.old_format'
  | 'ledger.rights_lacking'
  | 'ledger.unsound'
  | 'ledger.unknown_connection'
  | 'target.missing'
  | 'target.made_anew'
  | 'target.rebound'
  | 'migration.running'
  | 'migration.failed'
  | 'migration.interrupted'
  | 'index.invalid'
  | 'index.building'
  | 'transaction.prepared'
  | 'transaction.idle';

/** `ok`: looked at and well. `info`: good to know. The others need a person. */
export type Severity = 'ok' | 'info' | 'warning' | 'error';

/** One thing a doctor has to say. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: string;
  readonly where: Where;
  /** `host:port/database`; `null`: it is about no database. */
  readonly database: string | null;
  /** What to do; `null` where nothing is to be done. */
  readonly mend: string | null;
}

/** A fault of files or configuration as a finding. */
export function faultToFinding({ code, message, where, mend }: Fault): Finding {
  return { code, severity: 'error', message, where, database: null, mend };
}

/** An error as findings: each of its faults, or itself. */
export function errorToFindings(error: BfmError, database: string | null): readonly Finding[] {
  const { faults = [], where = {} } = error.details;
  if (faults.length > 0) return faults.map(faultToFinding);
  return [{ code: error.code, severity: 'error', message: error.message, where, database, mend: error.next }];
}
