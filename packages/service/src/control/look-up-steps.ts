import {
  isInTarget,
  targetKey,
  type ConnectionName,
  type LedgerEvent,
  type LedgerEventKind,
  type MigrationId,
  type SchemaName,
  type TargetState,
} from '@bfm/core';
import { effectiveShape, type TargetStore } from '@bfm/engine';
import { findConnection } from '../planning/find-connection.ts';
import type { ServiceContext } from '../service-context.ts';
import type { PlacedStep } from './plan-places.ts';

/** Schemas asked for at once, and events of them. */
const SCHEMAS = 500;
const EVENTS = 1_000;

/** How a step stands by the ledger of its target, which is never wrong about it. */
export interface StepStanding {
  readonly placed: PlacedStep;
  /** It is as the step would have it. */
  readonly isDone: boolean;
  /** The event that made it so, if there is one: it names the run. */
  readonly event: LedgerEvent | null;
}

/**
 * Looks up how steps stand.
 *
 * @throws {target.unreachable} {connection.not_found}
 */
export async function lookUpSteps(
  steps: readonly PlacedStep[],
  context: ServiceContext,
): Promise<readonly StepStanding[]> {
  const standings: StepStanding[] = [];
  for (const [connection, those] of Map.groupBy(steps, ({ target }) => target.connection)) {
    const store = context.storeOf(findConnection(connection, context));
    const schemas = [...new Set(those.map(({ target }) => target.schema))];
    const byKey = Map.groupBy(those, ({ target }) => targetKey(target));
    for (let from = 0; from < schemas.length; from += SCHEMAS) {
      const part = schemas.slice(from, from + SCHEMAS);
      const placed = part.flatMap((schema) => byKey.get(targetKey({ connection, schema })) ?? []);
      standings.push(...(await lookUpIn(store, connection, placed)));
    }
  }
  return standings;
}

async function lookUpIn(
  store: TargetStore,
  connection: ConnectionName,
  steps: readonly PlacedStep[],
): Promise<readonly StepStanding[]> {
  const schemas = [...new Set(steps.map(({ target }) => target.schema))];
  const { targets } = await store.inspect([{ connection, schemas }]);
  const states = new Map(targets.map((state) => [targetKey(state.target), state]));
  const done = steps.filter((placed) => isDoneIn(states.get(targetKey(placed.target)), placed));
  const events = await lastEvents(store, connection, done);
  const isDone = new Set(done);
  return steps.map((placed) => ({
    placed,
    isDone: isDone.has(placed),
    event: events.get(keyOf(placed.target.schema, placed.step.migrationId)) ?? null,
  }));
}

function isDoneIn(state: TargetState | undefined, { step }: PlacedStep): boolean {
  const entry = state && effectiveShape(state).entries.get(step.migrationId);
  return (entry !== undefined && isInTarget(entry.status)) === (step.direction === 'up');
}

const STANDING_KINDS: ReadonlySet<LedgerEventKind> = new Set([
  'applied',
  'rolled_back',
  'baselined',
  'repaired',
]);

/** The newest events that say how migrations stand. */
async function lastEvents(
  store: TargetStore,
  connection: ConnectionName,
  steps: readonly PlacedStep[],
): Promise<ReadonlyMap<string, LedgerEvent>> {
  const wanted = new Set(steps.map(({ target, step }) => keyOf(target.schema, step.migrationId)));
  const schemas: SchemaName[] = [...new Set(steps.map(({ target }) => target.schema))];
  const migrations: MigrationId[] = [...new Set(steps.map(({ step }) => step.migrationId))];
  const found = new Map<string, LedgerEvent>();
  let before: string | null = null;
  while (found.size < wanted.size) {
    const query = { connections: [connection], schemas, migrations, limit: EVENTS, before };
    const events: readonly LedgerEvent[] = await store.history(query);
    for (const event of events) {
      const key = keyOf(event.schema, event.migrationId ?? '');
      if (STANDING_KINDS.has(event.kind) && wanted.has(key) && !found.has(key)) found.set(key, event);
    }
    before = events.at(-1)?.eventId ?? null;
    if (events.length < EVENTS) break;
  }
  return found;
}

function keyOf(schema: string, migrationId: string): string {
  return `${schema}\n${migrationId}`;
}
