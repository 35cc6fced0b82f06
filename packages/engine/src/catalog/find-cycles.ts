import type { MigrationId } from '@bfm/core';
import {
  compareMigrations,
  toCanonicalOrder,
  type DependencyGraph,
  type Orderable,
} from './canonical-order.ts';

/** More cycles than this are not told one by one: mending the first ones shows whether the others are real. */
const CYCLES_MAX = 50;

/**
 * Finds the cycles of a dependency graph: for every migration that lies on one, a shortest cycle through it is among
 * the answers (at most 50 in all). Each cycle starts and ends with its lowest migration by (version, id). The answer
 * does not depend on the order of the input.
 */
export function findCycles(nodes: readonly Orderable[], graph: DependencyGraph): MigrationId[][] {
  const stuck = nodesInKnots(nodes, graph);
  const position = new Map(stuck.map((node, index) => [node.id, index]));
  const covered = new Set<MigrationId>();
  const cycles: MigrationId[][] = [];
  for (const { id } of stuck) {
    if (cycles.length >= CYCLES_MAX) break;
    if (covered.has(id)) continue;
    const cycle = shortestCycle(id, graph, position);
    if (cycle === null) continue;
    for (const member of cycle) covered.add(member);
    cycles.push(toClosedPath(cycle, position));
  }
  return cycles;
}

/** What is left when everything that can be ordered from either end is taken away, in (version, id) order. */
function nodesInKnots(nodes: readonly Orderable[], graph: DependencyGraph): Orderable[] {
  const ordered = new Set(toCanonicalOrder(nodes, graph).map((node) => node.id));
  const stuck = nodes.filter((node) => !ordered.has(node.id));
  if (stuck.length === 0) return [];
  const reversed = toReversed(stuck, graph);
  const leaves = new Set(toCanonicalOrder(stuck, reversed).map((node) => node.id));
  return stuck.filter((node) => !leaves.has(node.id)).sort(compareMigrations);
}

function toReversed(nodes: readonly Orderable[], graph: DependencyGraph): DependencyGraph {
  const known = new Set(nodes.map((node) => node.id));
  const reversed = new Map<MigrationId, MigrationId[]>();
  for (const { id } of nodes) {
    for (const dependency of graph.get(id) ?? []) {
      if (!known.has(dependency)) continue;
      const dependents = reversed.get(dependency);
      if (dependents === undefined) reversed.set(dependency, [id]);
      else dependents.push(id);
    }
  }
  return reversed;
}

/** A breadth-first search from `start` along dependencies back to `start`; `null` when it lies between two cycles. */
function shortestCycle(
  start: MigrationId,
  graph: DependencyGraph,
  position: ReadonlyMap<MigrationId, number>,
): MigrationId[] | null {
  const cameFrom = new Map<MigrationId, MigrationId>();
  const frontier: MigrationId[] = [start];
  for (const current of frontier) {
    const next = (graph.get(current) ?? []).filter((id) => position.has(id));
    next.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
    for (const dependency of next) {
      if (dependency === start) return pathTo(current, start, cameFrom);
      if (cameFrom.has(dependency)) continue;
      cameFrom.set(dependency, current);
      frontier.push(dependency);
    }
  }
  return null;
}

function pathTo(
  end: MigrationId,
  start: MigrationId,
  cameFrom: ReadonlyMap<MigrationId, MigrationId>,
): MigrationId[] {
  const path: MigrationId[] = [];
  let current: MigrationId | undefined = end;
  while (current !== undefined && current !== start) {
    path.push(current);
    current = cameFrom.get(current);
  }
  path.push(start);
  return path.reverse();
}

/** Turns the cycle so that its lowest member leads, and repeats that member at the end. */
function toClosedPath(
  cycle: readonly MigrationId[],
  position: ReadonlyMap<MigrationId, number>,
): MigrationId[] {
  const ranks = cycle.map((id) => position.get(id) ?? 0);
  const lead = ranks.indexOf(ranks.reduce((lowest, rank) => Math.min(lowest, rank)));
  const turned = [...cycle.slice(lead), ...cycle.slice(0, lead)];
  return [...turned, ...turned.slice(0, 1)];
}
