import { NO_FAILPOINTS as failpoints } from '@bfm/core';
import { buildCatalog } from '@bfm/engine';
import { DEFAULT_POOL_LIMITS } from '@bfm/postgresql';
import { makeDraft, MemoryWorld, POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { KnownEntries } from '../src/known-entries.ts';
import { classifyPgError, codeOf } from '../src/pg-errors.ts';
import { Pipeline } from '../src/pipeline.ts';
import { ConnectionPool } from '../src/pool.ts';
import { Halt } from '../src/resumable/halt.ts';
import { StepSession } from '../src/resumable/step-session.ts';
import { StepPace } from '../src/step-pace.ts';
import { takeTarget } from '../src/take-target.ts';
import { makeStore, realTime, testAddress } from './make-store.ts';

describe.each(POSTGRES_MAJORS)('a step that is not one transaction, on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);

  it.each(['own', 'lent'] as const)(
    'fails with the message that failed, though nobody read its answer, on a session that is %s',
    async (session) => {
      const store = makeStore(db.url);
      const draft = makeDraft({ version: '20250101000000', schema: `unread_${session}`, up: ['SELECT 1'] });
      const world = new MemoryWorld(buildCatalog([draft], { defaultSchemas: new Map() }).catalog, store);
      await world.apply();
      const target = {
        backend: draft.backend,
        connection: draft.connection,
        schema: draft.schema ?? never(),
      };
      const pool = new ConnectionPool({
        route: { address: testAddress(db.url), pooled: false },
        limits: DEFAULT_POOL_LIMITS,
        ...realTime,
      });
      const client = await pool.checkOut();
      const taken = await takeTarget(
        client,
        { target, runId: 'r', actor: 'a', signal: new AbortController().signal },
        {
          identity: 'here',
          pid: 1,
          uniqueId: 'u',
          backend: 1,
          known: new KnownEntries(),
          lock: 'session',
          sleep: realTime.sleep,
          failpoints,
        },
      );
      if (!taken.ok) throw new Error(`held by ${taken.holder.name}`);
      const hold = { ...taken.hold, revisions: new Map<string, number>() };
      const timeouts = { lockTimeoutMs: 1_000, statementTimeoutMs: 0, batchPauseMs: 0 };
      const { groups } = await world.plan({ direction: 'down', all: true });
      using pipeline = new Pipeline(client, realTime.nowMs);
      const step = new StepSession({
        step: groups[0]?.steps[0] ?? never(),
        index: 0,
        observer: {} as never,
        context: {
          client,
          target,
          hold,
          nowMs: realTime.nowMs,
          pace: new StepPace(),
          failpoints,
          session,
          silenceMs: null,
          transactionSilenceMs: 30_000,
        },
        tools: realTime,
        pipeline,
        transaction: { target, hold, timeouts, createSchema: false },
      });
      const halt = await step
        .transaction(async (send) => {
          await send('SELECT 1 / 0');
        })
        .catch((error: unknown) => error);
      if (!(halt instanceof Halt)) throw new Error('it went well');
      expect(codeOf(halt.reason)).toBe('22012');
      expect(classifyPgError(halt.reason)).toBe('failed');
      client.release(true);
      await pool.close();
      await store.close();
    },
  );
});

describe.each(POSTGRES_MAJORS)('a mistake of BFM itself, on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);

  it('is no server that cannot be reached', async () => {
    const store = makeStore(db.url);
    await expect(store.inspect(null as never)).rejects.toBeInstanceOf(TypeError);
    await store.close();
    const gone = makeStore(db.url.replace(/:\d+\//, ':1/'));
    await expect(gone.inspect([])).rejects.toMatchObject({ code: 'target.unreachable' });
    await gone.close();
  });
});

function never(): never {
  throw new Error('a test asked for something that is not there');
}
