import type { JsonSchema } from '../../http/route.ts';
import { PAGE_QUERY } from './page-query.ts';
import { COUNT, FLAG, list, nullable, object, oneOf, TEXT, TEXTS, TIME } from '../schema-parts.ts';

const NAMES: JsonSchema = { ...TEXTS, maxItems: 100_000 };
const MS: JsonSchema = { type: 'integer', minimum: 0, maximum: 2_147_483_647 };

const ANY: JsonSchema = { type: 'object' };

/** How a run stands, or how it ended. */
export const RUN_STATUS = oneOf(
  'queued',
  'paused',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'needs_attention',
);

const ORDER = {
  'direction?': oneOf('up', 'down'),
  'connections?': NAMES,
  'backends?': NAMES,
  'schemas?': NAMES,
  'listed_schemas?': NAMES,
  'all_tenants?': FLAG,
  'create_schemas?': FLAG,
  'tags?': { type: 'object', additionalProperties: TEXT },
  'migrations?': NAMES,
  'to?': TEXT,
  'steps?': { type: 'integer', minimum: 1, maximum: 1_000_000 },
  'all?': FLAG,
  'out_of_order?': oneOf('refuse', 'allow'),
  'allow_non_empty?': FLAG,
  'ignore_dependencies?': FLAG,
} satisfies Readonly<Record<string, JsonSchema>>;

const UP_ORDER = Object.fromEntries(
  Object.entries(ORDER).filter(([name]) => !['direction?', 'steps?', 'all?'].includes(name)),
);

/** Which targets and migrations it is about, for what only looks; and which part of a list. */
export const STATUS_ORDER = object({ ...UP_ORDER, ...PAGE_QUERY });

/** Which events of ledgers are wanted. */
export const EVENT_ORDER = object({
  'connections?': NAMES,
  'schemas?': NAMES,
  'migrations?': NAMES,
  ...PAGE_QUERY,
});

/** What is to be planned. */
export const PLAN_ORDER = object(ORDER);

/** What is to be run. */
export const RUN_ORDER = object({
  ...ORDER,
  'digest?': { ...TEXT, pattern: '^[0-9a-f]{64}$' },
  'options?': object({
    'concurrency?': { type: 'integer', minimum: 1, maximum: 1_000 },
    'max_failures?': { type: 'integer', minimum: 1, maximum: 1_000_000 },
    'unit?': oneOf('target', 'tenant'),
    'on_failure?': oneOf('keep', 'compensate'),
    'commit?': oneOf('per-migration', 'per-target'),
    'lock_wait_ms?': MS,
    'lock_timeout_ms?': { ...MS, minimum: 1 },
    'statement_timeout_ms?': MS,
    'batch_pause_ms?': MS,
    'attempts?': { type: 'integer', minimum: 1, maximum: 100 },
  }),
});

const HEAD = {
  id: TEXT,
  status: RUN_STATUS,
  direction: oneOf('up', 'down'),
  plan_digest: TEXT,
  actor: TEXT,
  method: oneOf('http', 'grpc', 'cli', 'auto'),
  created_at: TIME,
  started_at: nullable(TIME),
  finished_at: nullable(TIME),
  cancel_requested_at: nullable(TIME),
  pause_requested_at: nullable(TIME),
  attempts: COUNT,
  worker: nullable(TEXT),
  summary: nullable(ANY),
  error: nullable(ANY),
} satisfies Readonly<Record<string, JsonSchema>>;

/** A run in a list. */
export const RUN_HEAD = object(HEAD);

/** A run with what was asked for. */
export const RUN = object({ ...HEAD, request: ANY, options: ANY });

/** How a step ended. */
export const OUTCOME = oneOf('applied', 'rolled_back', 'skipped', 'failed', 'not_started', 'needs_attention');

const STEP_PARTS = {
  position: COUNT,
  migration_id: TEXT,
  backend: TEXT,
  connection: TEXT,
  schema: TEXT,
  direction: oneOf('up', 'down'),
  outcome: OUTCOME,
  attempts: COUNT,
  duration_ms: { type: 'number' },
  'error?': ANY,
} satisfies Readonly<Record<string, JsonSchema>>;

/** What became of a step. */
export const STEP = object(STEP_PARTS);

/** The same among those of all runs. */
export const HISTORY_STEP = object({ ...STEP_PARTS, run_id: TEXT, actor: TEXT, method: TEXT, at: TIME });

/** A plan that was not run. */
export const PLAN = object(
  {
    digest: TEXT,
    direction: oneOf('up', 'down'),
    'steps?': list(ANY),
    'groups?': list(ANY),
    skipped: list(ANY),
    warnings: list(ANY),
  },
  { additionalProperties: true },
);

/** Which run. */
export const RUN_PARAMS = object({ id: { ...TEXT, minLength: 1, maxLength: 64 } });
