import { randomUUID } from 'node:crypto';
import type { NewRun, RunHold, StateAction, StateActor, StateStore, StoredStep } from '@bfm/engine';
import {
  inPooledSessions,
  NO_TRACES,
  POSTGRES_MAJORS,
  startPgBouncer,
  useTestDatabase,
  type PgBouncer,
  type PostgresMajor,
  type TestDatabase,
} from '@bfm/testing';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import {
  makeStateSchema,
  openTestState,
  STATE_SCHEMA,
  type TestStateOptions,
} from '../../support/state-schema.ts';

/** Where a state may be. */
export interface StatePlace {
  readonly name: string;
  readonly major: PostgresMajor;
  /** Behind a PgBouncer in transaction mode, which lends each transaction another session. */
  readonly pooled: boolean;
}

/** Every place that a state must work in: row B2 is what holds behind a pooler, too. */
export const STATE_PLACES: readonly StatePlace[] = POSTGRES_MAJORS.flatMap((major) => [
  { name: `PostgreSQL ${major}`, major, pooled: false },
  { name: `B2 PgBouncer before PostgreSQL ${major}`, major, pooled: true },
]);

/** The database of a `describe` block, and an empty state in it for each test. */
export interface StateStage {
  readonly db: TestDatabase;
  /** Makes the tables anew and opens them; closed when the test ends. */
  readonly open: (options?: TestStateOptions) => Promise<StateStore>;
  /** Opens the tables that are there, as another server would; closed when the test ends. */
  readonly reopen: (options?: TestStateOptions) => StateStore;
}

/** Makes a database for the `describe` block that calls it. */
export async function useState({ major, pooled }: Omit<StatePlace, 'name'>): Promise<StateStage> {
  const db = await useTestDatabase(major);
  let bouncer: PgBouncer | null = null;
  beforeAll(async () => {
    if (pooled) bouncer = await startPgBouncer({ serverUrl: db.url, poolSize: SESSIONS });
  });
  afterAll(async () => {
    if (bouncer === null) return;
    // Whatever was done, the next one who is lent a session finds nothing of it.
    const traces = await inPooledSessions(bouncer.url(db.name), SESSIONS);
    await bouncer[Symbol.asyncDispose]();
    expect(traces).toEqual(Array.from({ length: SESSIONS }, () => NO_TRACES));
  });
  const reopen = (options?: TestStateOptions): StateStore => {
    const state = openTestState(bouncer?.url(db.name) ?? db.url, options);
    onTestFinished(() => state.close());
    return state;
  };
  return {
    db,
    open: async (options) => {
      await db.query(`DROP SCHEMA IF EXISTS ${STATE_SCHEMA} CASCADE`);
      await makeStateSchema(db);
      return reopen(options);
    },
    reopen,
  };
}

/** What the pooler has of the server. */
const SESSIONS = 5;

/** Somebody who may. */
export const ANN: StateActor = { name: 'ann', tokenId: null, ip: '127.0.0.1', requestId: 'r1' };
/** Something they do. */
export const START: StateAction = { action: 'run.start', object: 'run', result: 'ok', detail: {} };
/** A hash, and another one. */
export const HASH = 'a'.repeat(64);
export const OTHER_HASH = 'b'.repeat(64);

/** A run to be made, with parts replaced. */
export function newRun(parts: Partial<NewRun> = {}): NewRun {
  return {
    id: randomUUID(),
    direction: 'up',
    request: {},
    options: {},
    plan: {},
    planDigest: HASH,
    actor: 'ann',
    method: 'http',
    context: {},
    ...parts,
  };
}

/** Makes a run that waits. @returns its id */
export async function createRun(state: StateStore, parts: Partial<NewRun> = {}): Promise<string> {
  return (await state.write(ANN, START, ({ runs }) => runs.create(newRun(parts)))).id;
}

/** Takes a run; `null`: somebody has it. */
export async function takeRun(
  state: StateStore,
  runId: string,
  { worker = 'w1', leaseMs = 60_000 } = {},
): Promise<RunHold | null> {
  const run = await state.write(ANN, START, ({ runs }) => runs.take({ runId, worker, leaseMs }));
  return run === null ? null : { runId, fence: run.fence };
}

/** Makes a run and takes it. */
export async function heldRun(state: StateStore, parts: Partial<NewRun> = {}): Promise<RunHold> {
  const hold = await takeRun(state, await createRun(state, parts));
  if (hold === null) throw new Error('a new run could not be taken');
  return hold;
}

/** A step that was applied, with parts replaced. */
export function stepOf(position: number, parts: Partial<StoredStep> = {}): StoredStep {
  return {
    position,
    migrationId: '20250101000000_a_postgresql_core',
    connection: 'core',
    schema: `s${position}`,
    backend: 'postgresql',
    direction: 'up',
    outcome: 'applied',
    attempts: 1,
    durationMs: 1.5,
    error: null,
    ...parts,
  };
}
