/** What is known of a failpoint. */
export interface FailpointSpec {
  /** When it is reached. */
  readonly reached: string;
  /** Its number among the moments of the fault matrix: `S` of any run, `N` outside of transactions; `null`: beside them. */
  readonly moment: string | null;
  /** Whether the program waits there, so that it can hang or fail there as well; elsewhere a fault comes at once or not at all. */
  readonly waits: boolean;
}

/** The moments at which faults are tried, each named by what has just happened. */
export const FAILPOINTS = {
  'upgrade.written': waiting('the ledger is made or upgraded, its COMMIT not sent'),
  'upgrade.committed': waiting('the ledger is made or upgraded'),
  'revisions.written': waiting('the texts of the migrations are in the ledger, their COMMIT not sent'),
  'revisions.committed': waiting('the texts of the migrations are in the ledger'),
  'lease.acquired': waiting('a lease of the target is held, nothing of the target is asked yet', 'S3'),
  'target.locked': waiting('what keeps others waiting is held beside the session, behind a pooler', 'S3'),
  'target.connected': waiting('there is a connection to take the target on', 'S4'),
  'target.taken': waiting(
    'the lock of the session is held, the fence is taken, the ledger is read',
    'S3, S5',
  ),
  'step.statement_sending': atOnce('a statement goes to the server next', 'S6'),
  'step.fence_checked': atOnce('the fence was checked in the transaction of a step', 'S5'),
  'step.statement_done': atOnce('the answer to a statement came', 'S7'),
  'step.recorded': atOnce('the ledger row of a step is written, in its transaction', 'S8'),
  'step.commit_sent': atOnce('the COMMIT of a step was handed to the network', 'S9'),
  'step.commit_acknowledged': atOnce('the answer to the COMMIT of a step came', 'S10'),
  'batch.written': waiting('a batch of a backfill and its progress are written, their COMMIT not sent'),
  'batch.committed': waiting('a batch of a backfill and its progress are committed'),
  'bare.intent_committed': waiting('what a statement outside of transactions is about to do is noted', 'N1'),
  'bare.statement_sent': waiting('a statement outside of transactions was sent', 'N2'),
  'bare.statement_done': waiting('the answer to a statement outside of transactions came', 'N3'),
  'bare.probe_done': waiting('what became of a statement outside of transactions was looked at', 'N4'),
  'bare.done_recorded': waiting('that a statement outside of transactions is done is noted', 'N5'),
  'note.written': waiting('that a migration failed or waits is written, the COMMIT not sent'),
  'note.committed': waiting('that a migration failed or waits is in the ledger'),
  'target.released': waiting('the lock of the session is given back', 'S13'),
  'lease.released': waiting('the lease of the target is given back', 'S13'),
  'edit.written': waiting('a change of the ledger by hand is written, its COMMIT not sent'),
  'edit.committed': waiting('a change of the ledger by hand is committed, the target still locked'),
  'scope.written': waiting('a change of whole targets is written, its COMMIT not sent'),
  'scope.committed': waiting('a change of whole targets is committed'),
  'request.parsed': waiting('a request for a run was read, and nothing was done for it yet', 'S0'),
  'run.created': waiting(
    'a run is in the state, with its job, its audit entry and the key of its request',
    'S1',
  ),
  'run.taken': waiting('a worker has taken a run', 'S2'),
  'run.noted': waiting('steps and events of a run are in the state', 'S11'),
  'run.ending': waiting('the end of a run is written, its audit entry and COMMIT not sent', 'S12'),
  'run.ended': waiting('the end of a run is in the state', 'S14'),
  'response.sent': atOnce('the answer to a request that changes something was handed to the network', 'S15'),
  'run.finished': atOnce('a run has ended and is about to be told of', 'S14'),
} as const satisfies Record<string, FailpointSpec>;

/** The name of a moment at which faults are tried. */
export type FailpointName = keyof typeof FAILPOINTS;

/** All of them, in the order of a run. */
export const FAILPOINT_NAMES = Object.keys(FAILPOINTS) as readonly FailpointName[];

/** The failpoints where the program waits anyway. */
export type WaitingFailpoint = {
  [Name in FailpointName]: (typeof FAILPOINTS)[Name]['waits'] extends true ? Name : never;
}[FailpointName];

/** Where tests let faults happen: what adapters call as they get there. */
export interface Failpoints {
  /** Where the program can wait: the fault may also be an error, or that nothing ever comes. */
  readonly reach: (name: WaitingFailpoint) => Promise<void>;
  /** Everywhere else. Costs next to nothing: it stands where every statement passes. */
  readonly pass: (name: Exclude<FailpointName, WaitingFailpoint>) => void;
}

/** Failpoints at which nothing happens. */
export const NO_FAILPOINTS: Failpoints = { reach: () => Promise.resolve(), pass: () => undefined };

function waiting(reached: string, moment: string | null = null): FailpointSpec & { readonly waits: true } {
  return { reached, moment, waits: true };
}

function atOnce(reached: string, moment: string | null = null): FailpointSpec & { readonly waits: false } {
  return { reached, moment, waits: false };
}
