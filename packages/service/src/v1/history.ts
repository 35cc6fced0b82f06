import type { HistoryStep, PageRequest, StatePage } from '@bfm/engine';
import type { ControlContext } from '../control/control-context.ts';
import { toV1Executor, type V1Executor } from './v1-context.ts';
import { requireV1 } from './v1-known.ts';
import { toV1Time, type V1Status } from './v1-status.ts';

/** One thing that happened to a migration. */
export interface V1HistoryEntry extends V1Executor {
  readonly migration_id: string;
  readonly schema: string;
  readonly table: '';
  readonly version: string;
  readonly connection: string;
  readonly backend: string;
  readonly applied_at: string;
  readonly status: V1Status;
  readonly error_message: string;
}

/** What happened to a migration, newest first. */
export interface V1HistoryBody {
  readonly migration_id: string;
  readonly history: readonly V1HistoryEntry[];
}

const PAGE = 1_000;
/** The wire has no pages: of a fleet this is told, and GET /api/v1/runs has the rest. */
const STEPS_MAX = 10_000;

const STATUSES: Readonly<Partial<Record<HistoryStep['outcome'], V1Status>>> = {
  applied: 'applied',
  rolled_back: 'rolled_back',
  failed: 'failed',
  needs_attention: 'failed',
};

/** Tells what happened to a migration: as of old, its beginning is an entry of its own. @throws {migration.not_found} */
export async function historyV1(id: string, control: ControlContext): Promise<V1HistoryBody> {
  const { named, schema } = await requireV1(id, control);
  const filter = { migrationId: named.id, connection: null, schema, outcome: null };
  const steps: HistoryStep[] = [];
  let cut: StatePage<HistoryStep> = { items: [], next: null };
  do {
    const page: PageRequest = { limit: PAGE, after: cut.next };
    cut = await control.state.read((state) => state.steps.history(filter, page));
    steps.push(...cut.items);
  } while (cut.next !== null && steps.length < STEPS_MAX);
  return { migration_id: id, history: steps.flatMap(toEntries) };
}

function toEntries(step: HistoryStep): readonly V1HistoryEntry[] {
  const status = STATUSES[step.outcome];
  if (status === undefined) return [];
  const message = step.error?.['message'];
  const end: V1HistoryEntry = {
    migration_id: step.migrationId,
    schema: step.schema,
    table: '',
    // A base id begins with its version, which has one length.
    version: step.migrationId.slice(0, 14),
    connection: step.connection,
    backend: step.backend,
    applied_at: toV1Time(step.recordedAt),
    status,
    error_message: typeof message === 'string' ? message : '',
    ...toV1Executor(step),
  };
  if (step.direction === 'down') return [end];
  const begunMs = Date.parse(step.recordedAt) - step.durationMs;
  const began = toV1Time(new Date(begunMs).toISOString());
  return [end, { ...end, status: 'pending', error_message: '', applied_at: began }];
}
