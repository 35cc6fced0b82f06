import type { MigrationId } from '@bfm/core';
import type { DependencyGraph } from './canonical-order.ts';

/** A migration that is known but may not run. */
export interface QuarantinedMigration {
  readonly id: MigrationId;
  readonly version: string;
  /** The dependency that keeps it out, itself quarantined; `null` when it has a fault of its own. */
  readonly blockedBy: MigrationId | null;
}

/**
 * Spreads quarantine from faulty migrations to everything that depends on them, directly or not. Gives for each
 * quarantined migration the dependency that keeps it out, or `null` for the faulty ones themselves.
 */
export function spreadQuarantine(
  faulty: ReadonlySet<MigrationId>,
  graph: DependencyGraph,
): Map<MigrationId, MigrationId | null> {
  const quarantine = new Map<MigrationId, MigrationId | null>();
  const frontier = [...faulty].sort();
  for (const id of frontier) quarantine.set(id, null);
  if (frontier.length === 0) return quarantine;
  const dependents = toDependents(graph);
  for (const id of frontier) {
    for (const dependent of dependents.get(id) ?? []) {
      if (quarantine.has(dependent)) continue;
      quarantine.set(dependent, id);
      frontier.push(dependent);
    }
  }
  return quarantine;
}

function toDependents(graph: DependencyGraph): Map<MigrationId, MigrationId[]> {
  const dependents = new Map<MigrationId, MigrationId[]>();
  for (const [id, dependencies] of graph) {
    for (const dependency of dependencies) {
      const known = dependents.get(dependency);
      if (known === undefined) dependents.set(dependency, [id]);
      else known.push(id);
    }
  }
  for (const ids of dependents.values()) ids.sort();
  return dependents;
}
