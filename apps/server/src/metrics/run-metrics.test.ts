import { BfmError, type ConnectionName, type MigrationId, type SchemaName, type Target } from '@bfm/core';
import type { StoredRun } from '@bfm/engine';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { RunMetrics } from './run-metrics.ts';

const TARGET: Target = {
  backend: 'postgresql',
  connection: 'core' as ConnectionName,
  schema: 'tenant_a' as SchemaName,
};
const RUN = {
  id: 'r1',
  fence: '2',
  direction: 'up',
  method: 'http',
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: '2026-01-01T00:00:01Z',
} as unknown as StoredRun;
const LOST = new BfmError('target.fence_lost', { message: 'taken over', next: 'look' });
const AWAY = new BfmError('target.unreachable', { message: 'away', next: 'look' });

async function linesOf(registry: Registry): Promise<readonly string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith('bfm_'));
}

test('writes that a target refused are counted, by whatever event they are told; other losses are not', async () => {
  const registry = new Registry();
  const metrics = new RunMetrics(registry, () => 0);
  metrics.taken(RUN);
  metrics.note('r1', { type: 'target.started', target: TARGET, fencingToken: '7' });
  metrics.note('r1', { type: 'target.lost', target: TARGET, error: LOST });
  metrics.note('r1', { type: 'target.lost', target: TARGET, error: AWAY });
  const step = { target: TARGET, migrationId: 'm' as MigrationId, direction: 'up' } as const;
  const result = { ...step, outcome: 'failed', durationMs: 5, attempts: 1, error: LOST } as const;
  metrics.note('r1', { type: 'step.finished', result });
  metrics.left(RUN, 'lost');
  const lines = await linesOf(registry);
  expect(lines).toContain('bfm_fence_rejections_total{connection="core"} 2');
  expect(lines).toContain('bfm_targets_lost_total{connection="core"} 2');
  expect(lines).toContain('bfm_runs_lost_total 1');
  // It had waited once, and that was counted by whoever had it first.
  expect(lines).toContain('bfm_run_wait_seconds_count 0');
});

test('what a run left under way is under way no more when the run is left, however often it was told to begin', async () => {
  const registry = new Registry();
  const metrics = new RunMetrics(registry, () => 0);
  metrics.taken(RUN);
  const step = { target: TARGET, migrationId: 'm' as MigrationId, direction: 'up' } as const;
  for (const attempt of [1, 2]) {
    metrics.note('r1', { type: 'target.started', target: TARGET, fencingToken: String(attempt) });
    metrics.note('r1', { type: 'step.started', step, statements: 1, attempt });
  }
  const underWay = await linesOf(registry);
  expect(underWay).toContain('bfm_targets_in_flight{connection="core"} 1');
  expect(underWay).toContain('bfm_migrations_in_flight{connection="core"} 1');
  metrics.left(RUN, 'broken');
  const after = await linesOf(registry);
  expect(after.filter((line) => /in_flight.* [1-9]/.test(line))).toEqual([]);
  // Of a run that nobody has, nothing is counted.
  metrics.note('r1', { type: 'target.started', target: TARGET, fencingToken: '3' });
  expect((await linesOf(registry)).filter((line) => /targets_in_flight.* [1-9]/.test(line))).toEqual([]);
});
