const ID = '20250101120000_create_users_postgresql_core';
const AT = '2026-01-02T03:04:05Z';
const PLACE = { version: '20250101120000', connection: 'core', backend: 'postgresql' };
const EXECUTOR = {
  executed_by: 'api_user',
  execution_method: 'api',
  execution_context:
    '{"connection_type":"http","endpoint":"/api/v1/migrations/up","method":"POST","request_id":"5f0c","actor":"ci"}',
};

/** A refusal of BFM v1. */
export const V1_ERROR_EXAMPLE = { error: 'invalid API token' };

/** What {@link UP_BODY} takes. */
export const UP_BODY_EXAMPLE = {
  target: { backend: 'postgresql', connection: 'core', tags: ['team=billing'] },
  connection: 'core',
  schemas: ['tenant_a'],
  dry_run: false,
};

/** What DOWN_BODY takes. */
export const DOWN_BODY_EXAMPLE = { migration_id: ID, schemas: [] };

/** What ORDER_BODY takes. */
export const ORDER_BODY_EXAMPLE = { migration_ids: [ID], connection: 'core' };

/** What ROLLBACK_BODY takes. */
export const ROLLBACK_BODY_EXAMPLE = { schemas: ['tenant_a'] };

/** All went well. */
export const RUN_EXAMPLE = { success: true, applied: [ID], skipped: [], errors: [] };

/** Something went wrong. */
export const PARTIAL_EXAMPLE = {
  success: false,
  applied: [],
  skipped: [],
  errors: [`${ID}: failed to execute migration: relation "users" already exists`],
};

/** Somebody else holds the target. */
export const BUSY_EXAMPLE = {
  success: false,
  applied: [],
  skipped: [],
  errors: [`${ID}: target.locked: core/core is held by ci@runner-1, since ${AT}, token 41`],
};

/** Of a rollback that somebody else stands in the way of. */
export const ROLLBACK_BUSY_EXAMPLE = { ...BUSY_EXAMPLE, message: 'rollback failed' };

/** Of a rollback. */
export const ROLLBACK_EXAMPLE = {
  success: true,
  message: 'rollback completed successfully',
  applied: [ID],
  skipped: [],
  errors: [],
};

/** Nothing to roll back. */
export const NOT_APPLIED_EXAMPLE = {
  success: false,
  message: 'migration is not applied',
  applied: [],
  skipped: [`${ID} (not applied)`],
  errors: [],
  error: 'no migrations to rollback',
};

/** Ids in order. */
export const ORDER_EXAMPLE = { ordered_migration_ids: [ID] };

/** A list of one. */
export const LIST_EXAMPLE = {
  items: [
    {
      migration_id: ID,
      schema: 'core',
      table: '',
      ...PLACE,
      name: 'create_users',
      applied: true,
      status: 'applied',
      applied_at: AT,
      tags: ['team=billing'],
    },
  ],
  total: 1,
};

/** One migration. */
export const DETAIL_EXAMPLE = {
  migration_id: ID,
  schema: 'core',
  table: '',
  ...PLACE,
  name: 'create_users',
  applied: true,
  up_sql: 'CREATE TABLE users (id bigint PRIMARY KEY);\n',
  down_sql: 'DROP TABLE users;\n',
  dependencies: ['20250101110000_create_roles_postgresql_core'],
  structured_dependencies: [
    { connection: 'core', schema: 'core', target: 'create_roles', target_type: 'name' },
  ],
  tags: ['team=billing'],
  drift: [],
};

/** A dynamic migration in three tenants. */
export const STATUS_EXAMPLE = {
  migration_id: ID,
  status: 'pending',
  applied: false,
  applied_at: AT,
  targets: { applied: 2, failed: 0, pending: 1, rolled_back: 0 },
};

/** Yes. */
export const APPLIED_EXAMPLE = { applied: true };

/** One run. */
export const HISTORY_EXAMPLE = {
  migration_id: ID,
  history: [
    {
      migration_id: ID,
      schema: 'core',
      table: '',
      ...PLACE,
      applied_at: AT,
      status: 'applied',
      error_message: '',
      ...EXECUTOR,
    },
  ],
};

const EXECUTIONS = [
  {
    id: `core/core/${ID}`,
    migration_id: ID,
    schema: 'core',
    ...PLACE,
    status: 'applied',
    applied: true,
    applied_at: AT,
    created_at: AT,
    updated_at: AT,
  },
];

const SKIPS = [
  { id: 7, migration_id: ID, schema: 'core', ...PLACE, ...EXECUTOR, skipped_at: AT, created_at: AT },
];

/** In one target. */
export const EXECUTIONS_EXAMPLE = { migration_id: ID, executions: EXECUTIONS };
/** Of all. */
export const RECENT_EXECUTIONS_EXAMPLE = { executions: EXECUTIONS };
/** Once. */
export const SKIPPED_EXAMPLE = { migration_id: ID, skipped: SKIPS };
/** Of all. */
export const RECENT_SKIPPED_EXAMPLE = { skipped: SKIPS };
/** A new file. */
export const REINDEX_EXAMPLE = { added: [ID], removed: [], updated: [], total: 42 };
