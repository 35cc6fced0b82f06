import type { FailpointName } from '@bfm/core';
import type { EffectKind } from '../support/effect-tree.ts';

/** A run that dies at a failpoint, and how things stand afterwards. */
export interface KillScene {
  /** What is told apart where a failpoint has several scenes. */
  readonly title: string;
  readonly kinds: readonly EffectKind[];
  /** Commands that go well before. */
  readonly before: readonly (readonly string[])[];
  /** The command that is killed, the how manieth time it comes to the failpoint. */
  readonly killed: readonly string[];
  readonly hit: number;
  /** What a person types next, which goes well. */
  readonly next: readonly string[];
  /** How many changes the killed run has left, one of these numbers; and both together. */
  readonly done: readonly number[];
  readonly all: number;
  /** Migrations that are applied in the end. */
  readonly end: number;
  /** The killed run has taken the target, so that the fencing token has grown. */
  readonly taken: boolean;
  /** Goes through PgBouncer. */
  readonly pooled: boolean;
  /** Leases are handed out besides. */
  readonly leased: boolean;
  /** Changes the ledger without the effects. */
  readonly byHand: boolean;
}

const THREE: readonly EffectKind[] = ['transaction', 'transaction', 'transaction'];

const UP: KillScene = {
  title: 'up',
  kinds: THREE,
  before: [],
  killed: ['up'],
  hit: 1,
  next: ['up'],
  done: [0],
  all: 3,
  end: 3,
  taken: true,
  pooled: false,
  leased: false,
  byHand: false,
};

/** No answer decides about what these say, so that the last COMMITs go with their transactions. */
const DOWN: Partial<KillScene> = {
  title: 'down',
  before: [['up']],
  killed: ['down', '--all', '--yes'],
  next: ['down', '--all', '--yes'],
  end: 0,
};

/** All of a target in one transaction. */
const WHOLE: Partial<KillScene> = {
  title: 'up, a transaction for all',
  killed: ['up', '--commit', 'per-target'],
  next: ['up', '--commit', 'per-target'],
};

/** A person must have been able to look, or to undo, before anything was begun. */
const UNTOUCHED: Partial<KillScene> = { taken: false };

const BARE: Partial<KillScene> = { kinds: ['transaction', 'bare'], done: [1], all: 2, end: 2 };
const BATCH: Partial<KillScene> = { kinds: ['transaction', 'batch'], done: [1], all: 2, end: 2 };

/** Passes over two migrations, and so notes that they wait. */
const NOTE: Partial<KillScene> = { killed: ['up', '--migration', 'step_3'] };

const BY_HAND: Partial<KillScene> = {
  title: 'repair mark-pending',
  before: [['up']],
  killed: ['repair', 'mark-pending', '--migration', 'step_3', '--reason', 'a test', '--yes'],
  next: ['repair', 'mark-pending', '--migration', 'step_3', '--reason', 'a test', '--yes'],
  all: 1,
  end: 2,
  byHand: true,
};

const FORGET: Partial<KillScene> = {
  ...BY_HAND,
  title: 'repair forget-target',
  killed: ['repair', 'forget-target', 'tenant/one', '--reason', 'a test', '--yes'],
  next: ['repair', 'forget-target', 'tenant/one', '--reason', 'a test', '--yes'],
  end: 0,
};

const scenes = (...those: readonly Partial<KillScene>[]): readonly KillScene[] =>
  those.map((scene) => ({ ...UP, ...scene }));

/** Moments of the control plane, which no CLI comes to. */
export type ControlFailpoint =
  'request.parsed' | 'run.created' | 'run.taken' | 'run.noted' | 'run.ending' | 'run.ended' | 'response.sent';

/** A moment that a run of the CLI comes to. */
export type RunFailpoint = Exclude<FailpointName, ControlFailpoint>;

/** Runs that are killed at each failpoint. The type asks for all of them. */
export const KILL_SCENES: Readonly<Record<RunFailpoint, readonly KillScene[]>> = {
  'upgrade.written': scenes(UNTOUCHED),
  'upgrade.committed': scenes(UNTOUCHED),
  'revisions.written': scenes(UNTOUCHED),
  'revisions.committed': scenes(UNTOUCHED),
  // A dead holder's lease keeps the next run waiting until it ends.
  'lease.acquired': scenes({ ...UNTOUCHED, leased: true }, { ...DOWN, taken: false, leased: true }),
  'target.locked': scenes({ ...UNTOUCHED, pooled: true }),
  'target.connected': scenes(UNTOUCHED, { ...DOWN, taken: false }),
  'target.taken': scenes({}, DOWN),
  // What is sent together comes with the COMMIT of what was before.
  'step.statement_sending': scenes({}, { title: 'up, the second', hit: 6 }, WHOLE, DOWN),
  'step.fence_checked': scenes(
    {},
    { title: 'up, the second', hit: 2, done: [1] },
    WHOLE,
    { ...DOWN, hit: 2, done: [1, 2, 3] },
    { title: 'up, outside of transactions', ...BARE, hit: 2 },
  ),
  'step.statement_done': scenes(
    {},
    { title: 'up, the second', hit: 6, done: [1] },
    { ...WHOLE, hit: 6 },
    { ...DOWN, hit: 2 },
    { title: 'up, outside of transactions', ...BARE, hit: 6 },
  ),
  'step.recorded': scenes(
    {},
    { title: 'up, the second', hit: 2, done: [1] },
    WHOLE,
    { ...DOWN, hit: 2, done: [1, 2, 3] },
    { title: 'up, outside of transactions', ...BARE, hit: 2 },
  ),
  'step.commit_sent': scenes(
    { done: [0, 1] },
    { title: 'up, the second', hit: 2, done: [1, 2, 3] },
    { ...WHOLE, done: [0, 3] },
    { ...DOWN, done: [0, 1, 2, 3] },
  ),
  'step.commit_acknowledged': scenes(
    { done: [1] },
    { title: 'up, the second', hit: 2, done: [2, 3] },
    { ...WHOLE, done: [3] },
    { ...DOWN, done: [1, 2, 3] },
  ),
  'batch.written': scenes({ ...BATCH, hit: 3 }),
  'batch.committed': scenes({ ...BATCH, hit: 3 }),
  'bare.intent_committed': scenes(BARE),
  'bare.statement_sent': scenes(BARE),
  'bare.statement_done': scenes(BARE),
  'bare.probe_done': scenes(BARE),
  'bare.done_recorded': scenes(BARE),
  'note.written': scenes(NOTE),
  'note.committed': scenes(NOTE),
  'target.released': scenes({ done: [3] }, { ...DOWN, done: [3] }),
  'lease.released': scenes({ done: [3], leased: true }),
  'edit.written': scenes(BY_HAND),
  'edit.committed': scenes({ ...BY_HAND, done: [1], next: ['status'] }),
  'scope.written': scenes({ ...FORGET, taken: false }),
  'scope.committed': scenes({ ...FORGET, done: [1], next: ['status'] }),
  'run.finished': scenes({ done: [3] }, { ...DOWN, done: [3] }),
};
