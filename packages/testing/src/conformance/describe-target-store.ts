import {
  parseConnectionName,
  parseSchemaName,
  type Checksum,
  type ConnectionName,
  type Migration,
  type PlanStep,
  type SchemaName,
  type Target,
} from '@bfm/core';
import {
  buildCatalog,
  type SeriesObserver,
  type StepSeries,
  type TargetSession,
  type TargetStore,
} from '@bfm/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDraft } from '../memory/make-draft.ts';

/** What a store under test brings along. */
export interface StoreHarness {
  readonly makeStore: () => TargetStore;
  /** A statement that works, one that works and undoes nothing, and one that the store refuses. */
  readonly statements: { readonly works: string; readonly fails: string };
}

const CONNECTION = must(parseConnectionName('app'));

/**
 * What every {@link TargetStore} must keep, whatever it is made of. A new adapter is done when this suite is green.
 */
export function describeTargetStore(name: string, { makeStore, statements }: StoreHarness): void {
  describe(`${name} as a target store`, () => {
    const stores: TargetStore[] = [];
    const store = (): TargetStore => {
      const made = makeStore();
      stores.push(made);
      return made;
    };
    afterAll(async () => {
      await Promise.all(stores.map((made) => made.close()));
    });

    it('answers an unknown schema as missing, with an empty ledger', async () => {
      const snapshot = await store().inspect([{ connection: CONNECTION, schemas: [schemaName('nowhere')] }]);
      expect(snapshot.targets).toMatchObject([{ presence: 'missing', scope: 'none' }]);
      expect(snapshot.targets[0]?.shape.entries.size).toBe(0);
    });

    it('commits a step with its ledger row and tells of both', async () => {
      const under = await prepared(store(), [statements.works]);
      const target = targetOf('commits');
      await using session = await open(under.store, target);
      const heard: string[] = [];
      const result = await session.applySeries(series(under.steps, target), listen(heard));
      expect(result).toEqual({ committed: 1, failure: null });
      expect(heard).toEqual(['started 0', 'statement 1', 'committed 0']);
      const state = await stateOf(under.store, target);
      expect(state.presence).not.toBe('missing');
      expect([...state.shape.entries.values()].map(({ status }) => status)).toEqual(['applied']);
    });

    it('leaves nothing of a failing step and says which one failed', async () => {
      const under = await prepared(store(), [statements.works, statements.fails, statements.works]);
      const target = targetOf('fails');
      await using session = await open(under.store, target);
      const result = await session.applySeries(series(under.steps, target), listen([]));
      expect(result.committed).toBe(1);
      expect(result.failure).toMatchObject({ index: 1, kind: 'failed', error: { code: 'step.failed' } });
      expect((await stateOf(under.store, target)).shape.entries.size).toBe(1);
    });

    it('commits all or nothing with one transaction per target', async () => {
      const under = await prepared(store(), [statements.works, statements.fails]);
      const target = targetOf('together');
      await using session = await open(under.store, target);
      const together = { ...series(under.steps, target), commit: 'per-target' as const };
      const result = await session.applySeries(together, listen([]));
      expect(result).toMatchObject({ committed: 0, failure: { index: 1, kind: 'failed' } });
      expect((await stateOf(under.store, target)).shape.entries.size).toBe(0);
    });

    it('begins nothing once stopped', async () => {
      const under = await prepared(store(), [statements.works]);
      const target = targetOf('stopped');
      await using session = await open(under.store, target);
      const stopped = { ...series(under.steps, target), stop: AbortSignal.abort() };
      expect(await session.applySeries(stopped, listen([]))).toEqual({ committed: 0, failure: null });
    });

    it('lets one holder in at a time and names it to the other', async () => {
      const under = await prepared(store(), [statements.works]);
      const target = targetOf('held');
      const first = await open(under.store, target);
      const second = await tryOpen(under.store, target);
      expect(second).toMatchObject({
        ok: false,
        holder: { name: expect.stringContaining('tester@here') as unknown, token: first.fencingToken },
      });
      await first[Symbol.asyncDispose]();
      await using third = await open(under.store, target);
      expect(BigInt(third.fencingToken)).toBeGreaterThan(BigInt(first.fencingToken));
    });

    it('shows the next holder what the last one wrote, and which run wrote it', async () => {
      const under = await prepared(store(), [statements.works]);
      const target = targetOf('handed_over');
      const first = await open(under.store, target);
      await first.applySeries(series(under.steps, target), listen([]));
      await first[Symbol.asyncDispose]();
      await using second = await open(under.store, target);
      expect([...second.entries.values()]).toMatchObject([{ status: 'applied', runId: 'run-1' }]);
    });

    it('remembers notes, and never turns applied back with one', async () => {
      const under = await prepared(store(), [statements.works, statements.works]);
      const target = targetOf('noted');
      const session = await open(under.store, target);
      const [first, second] = under.steps;
      if (first === undefined || second === undefined) throw new Error('two steps were prepared');
      await session.note([{ migrationId: first.migrationId, status: 'failed', error: 'because' }]);
      await session.note([{ migrationId: second.migrationId, status: 'deferred', error: null }]);
      await session[Symbol.asyncDispose]();
      const { shape } = await stateOf(under.store, target);
      expect(shape.entries.get(first.migrationId)?.status).toBe('failed');
      expect(shape.entries.get(second.migrationId)?.status).toBe('deferred');
    });

    it('tells who holds a target while it is held, and why something failed there', async () => {
      const under = await prepared(store(), [statements.works, statements.works]);
      const [target, other] = [targetOf('watched'), targetOf('unwatched')];
      const [failed, deferred] = under.steps.map(({ migrationId }) => migrationId);
      if (failed === undefined || deferred === undefined) throw new Error('two steps were prepared');
      const asked = [{ connection: CONNECTION, schemas: [target.schema] }];
      const session = await open(under.store, target);
      const { held } = await under.store.inspect(asked);
      expect(held.get(target.schema)?.holder).toMatch(/^tester@here \(.*run run-1/);
      expect(held.has(other.schema)).toBe(false);
      await session.note([{ migrationId: failed, status: 'failed', error: 'because' }]);
      await session.note([{ migrationId: deferred, status: 'deferred', error: null }]);
      await session[Symbol.asyncDispose]();
      expect((await under.store.inspect(asked)).held.has(target.schema)).toBe(false);
      expect(await under.store.unfinished([other])).toEqual([]);
      expect(await under.store.unfinished([target, other])).toMatchObject([
        { schema: target.schema, migrationId: failed, status: 'failed', running: false, error: 'because' },
      ]);
    });

    it('shares one shape between targets whose ledgers say the same', async () => {
      const under = await prepared(store(), [statements.works]);
      for (const place of ['alike_a', 'alike_b']) {
        await using session = await open(under.store, targetOf(place));
        await session.applySeries(series(under.steps, targetOf(place)), listen([]));
      }
      const [a, b] = [
        await stateOf(under.store, targetOf('alike_a')),
        await stateOf(under.store, targetOf('alike_b')),
      ];
      expect(a.shape.key).toBe(b.shape.key);
      expect(a.shape.key).not.toBe('');
    });
  });
}

async function prepared(
  store: TargetStore,
  texts: readonly string[],
): Promise<{ store: TargetStore; steps: PlanStep[] }> {
  const drafts = texts.map((text, index) =>
    makeDraft({ version: `202501010000${String(index).padStart(2, '0')}`, schema: null, up: [text] }),
  );
  const { catalog } = buildCatalog(drafts, { defaultSchemas: new Map() });
  const revisions = catalog.migrations.map(({ id, version, name, up }) => ({
    migrationId: id,
    version,
    name,
    checksum: up.checksum,
    algorithm: 'test@1',
    text: up.text,
  }));
  await store.prepare(revisions);
  await store.prepare(revisions);
  return { store, steps: catalog.migrations.map(toStep) };
}

function toStep(migration: Migration): PlanStep {
  return {
    migrationId: migration.id,
    version: migration.version,
    name: migration.name,
    direction: 'up',
    kind: 'atomic',
    reason: 'selected',
    checksum: migration.up.checksum satisfies Checksum,
    file: migration.up.path,
    statements: [{ text: migration.up.text, line: 1, column: 1, bare: null }],
    literalPlaceholder: null,
    unqualified: { creates: [], changes: [] },
    execution: migration.up.execution,
    requires: migration.requires,
    after: [],
  };
}

function series(steps: readonly PlanStep[], { schema }: Target): StepSeries {
  return {
    steps,
    commit: 'per-migration',
    createSchema: schema,
    timeouts: { lockTimeoutMs: 2_000, statementTimeoutMs: 0, batchPauseMs: 0 },
    stop: new AbortController().signal,
    cancel: new AbortController().signal,
  };
}

function listen(heard: string[]): SeriesObserver {
  return {
    stepSent: () => undefined,
    stepStarted: (index) => heard.push(`started ${index}`),
    statementFinished: (_index, { statement }) => heard.push(`statement ${statement}`),
    statementProgress: () => undefined,
    notice: () => undefined,
    stepCommitted: (index) => heard.push(`committed ${index}`),
  };
}

async function tryOpen(store: TargetStore, target: Target): ReturnType<TargetStore['tryOpen']> {
  return store.tryOpen({
    target,
    runId: 'run-1',
    actor: 'tester@here',
    signal: new AbortController().signal,
  });
}

async function open(store: TargetStore, target: Target): Promise<TargetSession> {
  const result = await tryOpen(store, target);
  if (!result.ok) throw new Error(`held by ${result.holder.name}`);
  return result.session;
}

async function stateOf(
  store: TargetStore,
  { connection, schema }: Target,
): Promise<Awaited<ReturnType<TargetStore['inspect']>>['targets'][number]> {
  const [state] = (await store.inspect([{ connection, schemas: [schema] }])).targets;
  if (state === undefined) throw new Error('a target was asked for and not answered');
  return state;
}

function targetOf(schema: string): Target {
  return { backend: 'postgresql', connection: CONNECTION, schema: schemaName(schema) };
}

function schemaName(text: string): SchemaName {
  return must(parseSchemaName(text));
}

function must<T extends ConnectionName | SchemaName>(
  result: { readonly ok: true; readonly name: T } | { readonly ok: false; readonly reason: string },
): T {
  if (!result.ok) throw new Error(result.reason);
  return result.name;
}
