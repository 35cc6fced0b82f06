import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NO_FAILPOINTS } from '@bfm/core';
import type { StateStore } from '@bfm/engine';
import { openRuntime, PROCESS_CLOCK, TOKEN_CRYPTO } from '@bfm/runtime';
import {
  type ControlContext,
  executeRun,
  type LoadedCatalog,
  NO_RUN_OBSERVER,
  parseConfiguration,
  RunChanges,
  RunWishes,
} from '@bfm/service';
import { DEFAULT_STATE_LIMITS, openPostgresState } from '@bfm/state';
import { createTestDatabase, providedServer, type PostgresMajor, type TestDatabase } from '@bfm/testing';

const STATE_SFM = join(import.meta.dirname, '../../../../../packages/state/sfm/postgresql/bfm_state');

/** What is in the folder of migrations, by path. */
export type Tree = Readonly<Record<string, string>>;

/** The use cases' context over a real state and real targets, in one database. */
export interface TestControl extends AsyncDisposable {
  readonly control: ControlContext;
  readonly state: StateStore;
  readonly db: TestDatabase;
  readonly sfm: string;
  readonly put: (tree: Tree) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  /** Until it is released no queued run is taken. */
  readonly holdWorkers: () => () => void;
}

/** What a world is made of. */
export interface TestControlOptions {
  readonly tree: Tree;
  /** Connections, all of them to one database. */
  readonly connections: readonly string[];
  readonly major: PostgresMajor;
  readonly lockWaitMs: number;
}

/** Composes what a server composes, with a worker that takes what waits. */
export async function openTestControl(options: TestControlOptions): Promise<TestControl> {
  const { tree, connections, major, lockWaitMs } = options;
  const db = await createTestDatabase(providedServer(major), 'api');
  const sfm = await mkdtemp(join(tmpdir(), 'bfm-api-'));
  const put = (files: Tree): Promise<void> => writeTree(sfm, files);
  await put(tree);
  const state = await openState(db);
  const environment = Object.fromEntries(
    connections.flatMap((name) => [
      [`${name.toUpperCase()}_BACKEND`, 'postgresql'],
      [`${name.toUpperCase()}_URL`, db.url],
    ]),
  );
  const configuration = parseConfiguration({
    environment,
    document: null,
    readFile: () => ({ ok: false, reason: 'no file' }),
  });
  const runtime = openRuntime({
    limits: configuration.program,
    connections: configuration.connections,
    lock: configuration.lock,
    startedBy: null,
    deadlineMs: 10_000,
    onConnecting: () => undefined,
    clockOffsetMs: 0,
    failpoints: NO_FAILPOINTS,
  });
  const load = async (): Promise<LoadedCatalog> => {
    const { catalog, faults, quarantined } = await runtime.readSoundMigrations(sfm, null);
    return { catalog, faults, quarantined, loadedAt: '2026-01-01T00:00:00Z' };
  };
  let current = await load();
  const worker = new TestWorker();
  const control: ControlContext = {
    state,
    catalogs: { current: () => current, reload: async () => (current = await load()) },
    serviceFor: ({ actor, runId, emit }) =>
      runtime.contextFor({ catalog: current.catalog, sourceFaults: [], actor, newRunId: () => runId, emit }),
    connections: new Map(configuration.connections.map(({ info }) => [info.name, info])),
    wakeWorkers: () => worker.wake(control),
    changes: new RunChanges(PROCESS_CLOCK),
    wishes: new RunWishes(),
    observer: NO_RUN_OBSERVER,
    crypto: TOKEN_CRYPTO,
    clock: PROCESS_CLOCK,
    newId: () => randomUUID(),
    runDefaults: {
      concurrency: 4,
      failuresMax: null,
      unit: 'target',
      onFailure: 'keep',
      commit: 'per-migration',
      lockWaitMs,
      lockTimeoutMs: 2_000,
      statementTimeoutMs: 0,
      batchPauseMs: 0,
      attemptsMax: 3,
    },
    failpoints: NO_FAILPOINTS,
  };
  return {
    control,
    state,
    db,
    sfm,
    put,
    remove: (path) => rm(join(sfm, path)),
    holdWorkers: () => worker.hold(control),
    [Symbol.asyncDispose]: async () => {
      await worker.idle();
      await runtime[Symbol.asyncDispose]();
      await state.close();
      await rm(sfm, { recursive: true, force: true });
      await db.drop();
    },
  };
}

/** Takes every run that waits, at once. */
class TestWorker {
  readonly #running = new Set<Promise<unknown>>();
  #held = 0;

  wake(control: ControlContext): void {
    if (this.#held > 0) return;
    const work = this.#takeAll(control).finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  hold(control: ControlContext): () => void {
    this.#held += 1;
    return () => {
      this.#held -= 1;
      this.wake(control);
    };
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running]);
  }

  async #takeAll(control: ControlContext): Promise<void> {
    const filter = { status: 'queued', actor: null, method: null } as const;
    const { items } = await control.state.read(({ runs }) => runs.list(filter, { limit: 100, after: null }));
    const never = new AbortController().signal;
    const execution = { leaseMs: 10_000, stop: never, cancel: never, lossesMax: 3 };
    await Promise.all(
      items.map(({ id }) => executeRun(id, { worker: `test:${randomUUID()}`, ...execution }, control)),
    );
  }
}

async function writeTree(root: string, tree: Tree): Promise<void> {
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function openState(db: TestDatabase): Promise<StateStore> {
  await db.query('CREATE SCHEMA bfm_state');
  for (const file of globSync('*.up.sql', { cwd: STATE_SFM }).sort()) {
    const text = readFileSync(join(STATE_SFM, file), 'utf8');
    await db.query(`SET search_path = bfm_state; ${text}; RESET search_path`);
  }
  const { hostname, port, username, password } = new URL(db.url);
  const state = openPostgresState({
    address: {
      host: hostname,
      port: Number(port),
      database: db.name,
      user: username,
      password: decodeURIComponent(password),
      tls: { mode: 'disable', rootCertificates: null, client: null },
    },
    schema: 'bfm_state',
    limits: DEFAULT_STATE_LIMITS,
  });
  await state.check();
  return state;
}
