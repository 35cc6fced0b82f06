import type { FailpointName } from '@bfm/core';

/** N1 to N5 of the fault matrix: the failpoints around a statement outside of transactions. */
export const BARE_FAILPOINTS = [
  'bare.intent_committed',
  'bare.statement_sent',
  'bare.statement_done',
  'bare.probe_done',
  'bare.done_recorded',
] as const satisfies readonly FailpointName[];
