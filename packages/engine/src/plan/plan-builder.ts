import {
  compareText,
  targetKey,
  toFaultsError,
  type Fault,
  type LedgerShape,
  type Migration,
  type MigrationId,
  type Plan,
  type PlanGroup,
  type PlannedTarget,
  type PlanRequest,
  type PlanSkip,
  type PlanStep,
  type TargetState,
} from '@bfm/core';
import type { Hasher } from '../ports/hasher.ts';
import { effectiveShape } from './assess-target.ts';
import { ledgerBasis } from './ledger-basis.ts';
import { planDigest } from './plan-digest.ts';

/** The work found for one target. */
export interface TargetWork {
  readonly state: TargetState;
  readonly steps: readonly PlanStep[];
  readonly deferred: readonly MigrationId[];
}

/**
 * Steps by the list of migrations they come from. Targets with the same pending set get the same array object, which
 * is what makes them one group, and what keeps a plan over thousands of tenants small.
 */
export class SharedSteps {
  readonly #lists = new Map<string, readonly PlanStep[]>();

  /** The list made for this key before, or a new one. */
  get(key: string, make: () => readonly PlanStep[]): readonly PlanStep[] {
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const list = make();
    this.#lists.set(key, list);
    return list;
  }
}

/** Everything a plan is assembled from. */
export interface PlanParts {
  readonly request: PlanRequest;
  readonly work: readonly TargetWork[];
  readonly skips: readonly PlanSkip[];
  readonly warnings: readonly Fault[];
  readonly hasher: Hasher;
}

/** Puts targets with the same work together and gives the whole its digest. */
export function buildPlan(parts: PlanParts): Plan {
  const groups = toGroups(parts.work, parts.hasher);
  const { request, skips, warnings, hasher } = parts;
  return {
    digest: planDigest({ request, groups }, hasher),
    direction: request.direction,
    request,
    groups,
    skips,
    warnings,
  };
}

/**
 * Refuses a plan with all its faults.
 *
 * @throws the code of the first fault, when there is any
 */
export function refuseFaults(faults: readonly Fault[]): void {
  const [first, ...rest] = faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
}

function toGroups(work: readonly TargetWork[], hasher: Hasher): PlanGroup[] {
  const keys = new GroupKeys(hasher);
  const keyed = Map.groupBy(
    work.filter(({ steps }) => steps.length > 0),
    (item) => keys.of(item),
  );
  const groups: PlanGroup[] = [];
  for (const items of keyed.values()) {
    const [first] = items;
    if (first === undefined) continue;
    const { backend, connection } = first.state.target;
    groups.push({
      backend,
      connection,
      targets: items.map(toPlannedTarget).sort((a, b) => compareText(a.schema, b.schema)),
      steps: first.steps,
      deferred: first.deferred,
      basis: keys.basisOf(first),
    });
  }
  return groups.sort((a, b) => compareText(firstTarget(a), firstTarget(b)));
}

/**
 * Tells which targets belong together. Lists are told apart by the array they are, texts being made once for each: with
 * thousands of targets and hundreds of steps, a text for each target would be a gigabyte.
 */
class GroupKeys {
  readonly #hasher: Hasher;
  readonly #texts = new Map<readonly unknown[], string>();
  readonly #bases = new Map<string, string>();

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  of(item: TargetWork): string {
    const { state, steps, deferred } = item;
    return [
      state.target.connection,
      this.#stepsKey(steps),
      this.#deferredKey(deferred),
      this.basisOf(item),
    ].join('\n');
  }

  basisOf({ state, steps }: TargetWork): string {
    const shape: LedgerShape = effectiveShape(state);
    const key = `${shape.key}\n${this.#stepsKey(steps)}`;
    const before = this.#bases.get(key);
    if (before !== undefined) return before;
    const planned = new Set(steps.map(({ migrationId }) => migrationId));
    const basis = ledgerBasis(shape.entries.values(), planned, this.#hasher);
    this.#bases.set(key, basis);
    return basis;
  }

  #stepsKey(steps: readonly PlanStep[]): string {
    return this.#textOf(steps, () =>
      steps.map(({ migrationId, direction }) => `${direction} ${migrationId}`),
    );
  }

  #deferredKey(deferred: readonly MigrationId[]): string {
    return this.#textOf(deferred, () => deferred);
  }

  #textOf(list: readonly unknown[], parts: () => readonly string[]): string {
    const known = this.#texts.get(list);
    if (known !== undefined) return known;
    const text = this.#hasher.sha256(parts().join('\n'));
    this.#texts.set(list, text);
    return text;
  }
}

function toPlannedTarget({ state }: TargetWork): PlannedTarget {
  return { schema: state.target.schema, createSchema: state.presence === 'missing' };
}

function firstTarget(group: PlanGroup): string {
  const [first] = group.targets;
  return first === undefined
    ? group.connection
    : targetKey({ connection: group.connection, schema: first.schema });
}

/** A key that is equal for equal lists of migrations. */
export function migrationsKey(migrations: readonly Migration[]): string {
  return migrations.map(({ id }) => id).join('\n');
}
