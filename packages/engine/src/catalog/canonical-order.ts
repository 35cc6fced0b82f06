import type { MigrationId } from '@bfm/core';
import { compareText } from '@bfm/core';
import { RankQueue } from './priority-queue.ts';

/** What ordering needs to know of a migration. */
export interface Orderable {
  readonly id: MigrationId;
  readonly version: string;
}

/** Dependencies by migration: who must come first. Migrations without any may be absent. */
export type DependencyGraph = ReadonlyMap<MigrationId, readonly MigrationId[]>;

/** Compares by version, then by id, by code unit: the same on every machine. */
export function compareMigrations(a: Orderable, b: Orderable): number {
  return compareText(a.version, b.version) || compareText(a.id, b.id);
}

/**
 * Puts migrations into canonical order: every dependency before its dependents, and among those that are free the
 * lowest version (then id) first. The answer does not depend on the order of the input. Dependencies on ids that are
 * not in `nodes` are passed over; members of a cycle, and what depends on them, are left out of the answer.
 */
export function toCanonicalOrder<T extends Orderable>(nodes: readonly T[], graph: DependencyGraph): T[] {
  const sorted = nodes.toSorted(compareMigrations);
  const rankOf = new Map(sorted.map((node, rank) => [node.id, rank]));
  const { dependents, waiting } = toRankGraph(sorted, rankOf, graph);
  const free = new RankQueue();
  waiting.forEach((count, rank) => {
    if (count === 0) free.push(rank);
  });
  const ordered: T[] = [];
  for (let rank = free.pop(); rank !== undefined; rank = free.pop()) {
    const node = sorted[rank];
    if (node !== undefined) ordered.push(node);
    for (const dependent of dependents[rank] ?? []) {
      const left = (waiting[dependent] ?? 0) - 1;
      waiting[dependent] = left;
      if (left === 0) free.push(dependent);
    }
  }
  return ordered;
}

interface RankGraph {
  /** By rank: the ranks that wait for it. */
  readonly dependents: readonly (readonly number[])[];
  /** By rank: how many it waits for. */
  readonly waiting: number[];
}

function toRankGraph(
  sorted: readonly Orderable[],
  rankOf: ReadonlyMap<MigrationId, number>,
  graph: DependencyGraph,
): RankGraph {
  const dependents: number[][] = sorted.map(() => []);
  const waiting = sorted.map((node, rank) => {
    let count = 0;
    for (const dependency of new Set(graph.get(node.id))) {
      const dependencyRank = rankOf.get(dependency);
      if (dependencyRank === undefined) continue;
      dependents[dependencyRank]?.push(rank);
      count += 1;
    }
    return count;
  });
  return { dependents, waiting };
}
