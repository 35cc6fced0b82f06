import { parseConnectionName, type ConnectionName } from '@bfm/core';
import { buildCatalog, type MigrationDraft } from '@bfm/engine';
import type { ConnectionInfo, ServiceContext } from '@bfm/service';
import { MemoryStore, sha256Hasher, TestClock, wordCompiler } from '@bfm/testing';
import { expect } from 'vitest';

/** A context over a store in memory, with every connection that the drafts name; parts can be replaced. */
export function makeContext(
  drafts: readonly MigrationDraft[],
  parts: Partial<ServiceContext> = {},
): ServiceContext {
  const { catalog, faults } = buildCatalog(drafts, { defaultSchemas: new Map() });
  expect(faults).toEqual([]);
  const store = new MemoryStore();
  const names = new Set(drafts.map(({ connection }) => connection));
  let runs = 0;
  return {
    catalog,
    sourceFaults: [],
    connections: new Map([...names].map((name) => [name, makeConnection(name)])),
    storeOf: () => store,
    keeperOf: () => {
      throw new Error('a store in memory keeps no ledger by hand');
    },
    loadCompiler: () => Promise.resolve(wordCompiler),
    hasher: sha256Hasher,
    clock: new TestClock(),
    random: () => 0.5,
    budget: null,
    openLocks: () => Promise.resolve(null),
    pid: 1,
    newRunId: () => `run-${(runs += 1)}`,
    actor: 'tester@here',
    emit: () => undefined,
    ...parts,
  };
}

/** A configured connection without tenants. */
export function makeConnection(name: ConnectionName, parts: Partial<ConnectionInfo> = {}): ConnectionInfo {
  return { name, backend: 'postgresql', defaultSchema: null, tenants: null, ...parts };
}

/** A connection name for tests. */
export function connectionName(text: string): ConnectionName {
  const result = parseConnectionName(text);
  if (!result.ok) throw new Error(result.reason);
  return result.name;
}

/** How every test here runs its plans. */
export const APPLY = {
  concurrency: 2,
  failuresMax: null,
  unit: 'target',
  onFailure: 'keep',
  commit: 'per-migration',
  lockWaitMs: 1_000,
  lockTimeoutMs: 1_000,
  statementTimeoutMs: 0,
  batchPauseMs: 0,
  attemptsMax: 2,
  stop: new AbortController().signal,
  cancel: new AbortController().signal,
} as const;
