import type { V1Execution, V1History } from '@bfm/engine';

/** Why what a state says of a migration in a target is not to be believed without a look. */
export type Suspicion =
  /** It was rolled back there once; a Go BFM may leave `applied` behind. */
  | 'rolled_back'
  /** Several rows speak of it, and say different things. */
  | 'rows_disagree'
  /** It was applied, and its last run there failed: that may have been a second run, or a rollback. */
  | 'failed_afterwards'
  /** History and executions say different things. */
  | 'history_disagrees';

/** What a state says of one migration in one target. */
export interface Claim {
  /** The last word on it. */
  readonly applied: boolean;
  /** `null`: nothing speaks against it. */
  readonly suspicion: Suspicion | null;
  /** As the state has it, without a zone. */
  readonly appliedAt: string | null;
  readonly executedBy: string | null;
}

/** All that a state says of one migration in one target. */
export interface ClaimFacts {
  readonly executions: readonly Pick<V1Execution, 'status' | 'applied' | 'appliedAt'>[];
  readonly history: readonly Pick<V1History, 'appliedAt' | 'executedBy' | 'rolledBackAt'>[];
  /** When it was rolled back, as rows beside it tell that name no migration; `null`: nobody knows when. */
  readonly phantoms: readonly (string | null)[];
  /** What the list says, which knows of no schemas; `null` where that says nothing about this target. */
  readonly listed: string | null;
}

/** Weighs what a state says. Executions count more than the list; after a rollback nothing is sure. Pure. */
export function weighClaim(facts: ClaimFacts): Claim {
  const appliedAt = latest(facts.history.map((row) => row.appliedAt));
  const rolledBackAt = latest([...facts.history.map((row) => row.rolledBackAt), ...facts.phantoms]);
  const wasRolledBack = rolledBackAt !== null || facts.phantoms.length > 0;
  const executed = executionWord(facts);
  const word = lastWord({ appliedAt, rolledBackAt, executed, wasRolledBack }, facts.listed);
  const by = facts.history.find((row) => row.appliedAt !== null && row.appliedAt === appliedAt);
  return {
    applied: word,
    suspicion: wasRolledBack || facts.listed === 'rolled_back' ? 'rolled_back' : doubt(facts, executed, word),
    appliedAt: word ? (appliedAt ?? latest(facts.executions.map((row) => row.appliedAt))) : null,
    executedBy: word ? (by?.executedBy ?? null) : null,
  };
}

/** What the executions say; `null`: nothing. */
function executionWord({ executions }: ClaimFacts): boolean | null {
  return executions.length === 0 ? null : executions.some(isApplied);
}

function isApplied({ status, applied }: ClaimFacts['executions'][number]): boolean {
  return applied || saysApplied(status);
}

function saysApplied(status: string | null): boolean {
  return status === 'applied' || status === 'success';
}

interface Words {
  readonly appliedAt: string | null;
  readonly rolledBackAt: string | null;
  readonly executed: boolean | null;
  readonly wasRolledBack: boolean;
}

function lastWord(
  { appliedAt, rolledBackAt, executed, wasRolledBack }: Words,
  listed: string | null,
): boolean {
  if (appliedAt !== null || wasRolledBack) {
    return appliedAt !== null && (rolledBackAt ?? '') < appliedAt && knows(rolledBackAt, wasRolledBack);
  }
  return executed ?? saysApplied(listed);
}

/** Of a rollback that nobody knows the time of it is not known to have been undone. */
function knows(rolledBackAt: string | null, wasRolledBack: boolean): boolean {
  return !wasRolledBack || rolledBackAt !== null;
}

function doubt({ executions }: ClaimFacts, executed: boolean | null, word: boolean): Suspicion | null {
  const says = new Set(executions.flatMap(({ status, applied }) => [saysApplied(status), applied]));
  if (says.size > 1) return 'rows_disagree';
  if (executed === null || executed === word) return null;
  return executions.some(({ status }) => status === 'failed') ? 'failed_afterwards' : 'history_disagrees';
}

/** Times of one form are ordered as texts are. */
function latest(times: readonly (string | null)[]): string | null {
  return times.reduce((last, time) => (time !== null && (last === null || time > last) ? time : last), null);
}
