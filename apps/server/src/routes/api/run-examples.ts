const ID = '01998f0e-6f7c-7d3a-9a51-0d3f1d8f2a10';
const DIGEST = 'b1946ac92492d2347c6235b4d2611184c0d8f28f0bb1b2bd2bbd1f0a5c9c1e6f';
const MIGRATION = '20250102000000_create_notes_postgresql_organization';

/** All that is pending for two tenants. */
export const ORDER_EXAMPLE = { connections: ['organization'], schemas: ['acme', 'globex'] };

/** The same as it was planned, with a limit of failures. */
export const RUN_ORDER_EXAMPLE = { ...ORDER_EXAMPLE, digest: DIGEST, options: { max_failures: 10 } };

/** A run in a list. */
export const RUN_HEAD_EXAMPLE = {
  id: ID,
  status: 'succeeded',
  direction: 'up',
  plan_digest: DIGEST,
  actor: 'deploys',
  method: 'http',
  created_at: '2026-11-23T05:00:00.000001Z',
  started_at: '2026-11-23T05:00:00.104000Z',
  finished_at: '2026-11-23T05:00:01.250000Z',
  cancel_requested_at: null,
  pause_requested_at: null,
  attempts: 1,
  worker: null,
  summary: { applied: 2, rolled_back: 0, skipped: 0, failed: 0, not_started: 0, needs_attention: 0 },
  error: null,
};

/** One that waits for a worker. */
export const QUEUED_EXAMPLE = {
  ...RUN_HEAD_EXAMPLE,
  status: 'queued',
  started_at: null,
  finished_at: null,
  attempts: 0,
  summary: null,
  request: { direction: 'up', connections: ['organization'], schemas: ['acme', 'globex'] },
  options: {},
};

/** One that is over. */
export const RUN_EXAMPLE = { ...QUEUED_EXAMPLE, ...RUN_HEAD_EXAMPLE };

/** A step that is done. */
export const STEP_EXAMPLE = {
  position: 1,
  migration_id: MIGRATION,
  backend: 'postgresql',
  connection: 'organization',
  schema: 'acme',
  direction: 'up',
  outcome: 'applied',
  attempts: 1,
  duration_ms: 12,
};

/** The same in the history. */
export const HISTORY_EXAMPLE = {
  ...STEP_EXAMPLE,
  run_id: ID,
  actor: 'deploys',
  method: 'http',
  at: '2026-11-23T05:00:01.100000Z',
};

/** A plan. */
export const PLAN_EXAMPLE = {
  digest: DIGEST,
  direction: 'up',
  steps: [
    {
      migration_id: MIGRATION,
      backend: 'postgresql',
      connection: 'organization',
      schema: 'acme',
      direction: 'up',
      statements: ['CREATE TABLE notes (id bigint PRIMARY KEY)'],
      kind: 'atomic',
    },
  ],
  skipped: [],
  warnings: [],
  request: { direction: 'up' },
};

/** The same in groups. */
export const GROUPS_EXAMPLE = {
  digest: DIGEST,
  direction: 'up',
  groups: [
    {
      backend: 'postgresql',
      connection: 'organization',
      targets: [{ schema: 'acme', create_schema: false }],
      steps: [{ migration_id: MIGRATION, version: '20250102000000', name: 'create_notes', kind: 'atomic' }],
    },
  ],
  skipped: [],
  warnings: [],
  request: { direction: 'up' },
};
