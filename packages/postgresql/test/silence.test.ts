import type { ConnectionName, SchemaName, Target } from '@bfm/core';
import type { TargetSession } from '@bfm/engine';
import type { PostgresStore } from '@bfm/postgresql';
import { POSTGRES_MAJORS, startPgBouncer, until, useTestDatabase } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { makeStore } from './make-store.ts';

const SILENCE_MS = 1_000;
const { signal } = new AbortController();

describe.each(POSTGRES_MAJORS)('a session that PostgreSQL %i does not hear of', async (major) => {
  const db = await useTestDatabase(major);

  it('is ended with its lock', async () => {
    await using stores = await twoStores(() => makeStore(db.url, { silenceMs: SILENCE_MS }));
    const session = await take(stores.one, 'silent');
    const later = await until(() => tryTake(stores.other, 'silent'), { what: 'the lock to end' });
    expect(BigInt(later.fencingToken)).toBe(BigInt(session.fencingToken) + 1n);
    await later[Symbol.asyncDispose]();
    await expect(session.rest(3 * SILENCE_MS, signal)).rejects.toMatchObject({ code: 'target.unreachable' });
    await session[Symbol.asyncDispose]();
  });

  it('is heard of while it rests, and keeps what it holds', async () => {
    await using stores = await twoStores(() => makeStore(db.url, { silenceMs: SILENCE_MS }));
    await using session = await take(stores.one, 'resting');
    await session.rest(3 * SILENCE_MS, signal);
    expect(await tryTake(stores.other, 'resting')).toBe(null);
    await session.settle();
  });
});

describe('the lock behind a pooler', async () => {
  const db = await useTestDatabase(18);

  it('is kept for longer than a silence as long as its process runs, and its loss is told', async () => {
    await using bouncer = await startPgBouncer({ serverUrl: db.url, poolSize: 6 });
    const pooled = (): PostgresStore =>
      makeStore(bouncer.url(db.name), { silenceMs: SILENCE_MS }, { direct: null });
    await using stores = await twoStores(pooled);
    await using session = await take(stores.one, 'pooled');
    await session.rest(3 * SILENCE_MS, signal);
    expect(session.lost.aborted).toBe(false);
    expect(await tryTake(stores.other, 'pooled')).toBe(null);
    await db.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    await until(() => session.lost.aborted, { what: 'the loss to be told' });
  });
});

async function twoStores(
  make: () => PostgresStore,
): Promise<{ readonly one: PostgresStore; readonly other: PostgresStore } & AsyncDisposable> {
  const [one, other] = [make(), make()];
  await one.prepare([]);
  return {
    one,
    other,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([one.close(), other.close()]);
    },
  };
}

async function tryTake(store: PostgresStore, schema: string): Promise<TargetSession | null> {
  const opened = await store.tryOpen({ target: targetOf(schema), runId: 'r', actor: 'a@b', signal });
  return opened.ok ? opened.session : null;
}

async function take(store: PostgresStore, schema: string): Promise<TargetSession> {
  const session = await tryTake(store, schema);
  if (session === null) throw new Error(`${schema} is held`);
  return session;
}

function targetOf(schema: string): Target {
  return {
    backend: 'postgresql',
    connection: 'app' as ConnectionName,
    schema: schema as SchemaName,
  };
}
