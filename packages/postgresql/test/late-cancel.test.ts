import { parseSchemaName, type PlanStep, type SchemaName } from '@bfm/core';
import type { SeriesResult, TargetSession } from '@bfm/engine';
import { MemoryWorld, useTestDatabase } from '@bfm/testing';
import { expect, it, onTestFinished } from 'vitest';
import { catalogOf } from './catalog-of.ts';
import { makeStore } from './make-store.ts';

const db = await useTestDatabase(18);

it('never cancels what another target does on the same connection by then', async () => {
  const store = makeStore(db.url, { connectionsMax: 1 });
  onTestFinished(() => store.close());
  const world = new MemoryWorld(catalogOf('before', [{ up: ['SELECT pg_sleep(0.3)'] }]), store);
  const { groups } = await world.plan();
  const [group = never()] = groups;
  await world.apply();
  const open = async (schema: string): Promise<TargetSession> => {
    const target = { ...group, schema: schemaName(schema) };
    const signal = new AbortController().signal;
    const opened = await store.tryOpen({ target, runId: 'run', actor: 'a@b', signal });
    return opened.ok ? opened.session : never();
  };
  const cancel = new AbortController();
  {
    await using session = await open('cancelled_late');
    const series = { steps: group.steps, createSchema: schemaName('cancelled_late'), cancel: cancel.signal };
    const result = await apply(session, series, () => {
      cancel.abort();
    });
    expect(result).toMatchObject({ committed: 1, failure: null });
  }
  await using session = await open('innocent');
  const uncancelled = new AbortController().signal;
  const series = { steps: group.steps, createSchema: schemaName('innocent'), cancel: uncancelled };
  expect(await apply(session, series, () => undefined)).toMatchObject({ committed: 1, failure: null });
});

async function apply(
  session: TargetSession,
  series: {
    readonly steps: readonly PlanStep[];
    readonly createSchema: SchemaName;
    readonly cancel: AbortSignal;
  },
  stepCommitted: () => void,
): Promise<SeriesResult> {
  return session.applySeries(
    {
      ...series,
      commit: 'per-migration',
      timeouts: { lockTimeoutMs: 1_000, statementTimeoutMs: 0, batchPauseMs: 0 },
      stop: new AbortController().signal,
    },
    {
      stepSent: () => undefined,
      stepStarted: () => undefined,
      statementFinished: () => undefined,
      statementProgress: () => undefined,
      notice: () => undefined,
      stepCommitted,
    },
  );
}

function schemaName(text: string): SchemaName {
  const result = parseSchemaName(text);
  return result.ok ? result.name : never();
}

function never(): never {
  throw new Error('cannot be');
}
