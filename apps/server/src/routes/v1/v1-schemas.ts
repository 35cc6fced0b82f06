import type { JsonSchema } from '../../http/route.ts';
import { COUNT, FLAG, list, nullable, object, TEXT, TEXTS, TIME } from '../schema-parts.ts';

const REQUIRED_TEXT: JsonSchema = { ...TEXT, minLength: 1 };
const OPTIONAL_TEXT: JsonSchema = { type: ['string', 'null'] };
const OPTIONAL_TEXTS: JsonSchema = { type: ['array', 'null'], items: TEXT };
const OPTIONAL_FLAG: JsonSchema = { type: ['boolean', 'null'] };

/** Of `/migrations/{id}/...`. */
export const ID_PARAMS = object({ id: { ...TEXT, minLength: 1 } });

/** How many are wanted; what is no number means the default. */
export const LIMIT_QUERY = object({ 'limit?': TEXT });

/** Of the list. */
export const LIST_QUERY = object({
  'schema?': TEXT,
  'table?': TEXT,
  'connection?': TEXT,
  'backend?': TEXT,
  'status?': TEXT,
  'version?': TEXT,
});

const TARGET = object({
  'backend?': OPTIONAL_TEXT,
  'schema?': OPTIONAL_TEXT,
  'tables?': OPTIONAL_TEXTS,
  'version?': OPTIONAL_TEXT,
  'connection?': OPTIONAL_TEXT,
  'tags?': OPTIONAL_TEXTS,
});

const CHOICES = {
  'schemas?': OPTIONAL_TEXTS,
  'dry_run?': OPTIONAL_FLAG,
  'ignore_dependencies?': OPTIONAL_FLAG,
};

/** What is to be applied. */
export const UP_BODY = object(
  { 'target?': nullable(TARGET), connection: REQUIRED_TEXT, ...CHOICES },
  { title: 'MigrateUpRequest' },
);

/** What is to be rolled back. */
export const DOWN_BODY = object({ migration_id: REQUIRED_TEXT, ...CHOICES }, { title: 'MigrateDownRequest' });

/** What is to be put in order. */
export const ORDER_BODY = object(
  { migration_ids: TEXTS, connection: REQUIRED_TEXT },
  { title: 'OrderMigrationsRequest' },
);

/** Where a page rolls back. */
export const ROLLBACK_BODY = object({ 'schemas?': OPTIONAL_TEXTS });

const LISTS = { applied: TEXTS, skipped: TEXTS, errors: TEXTS };

/** What was applied, what was so already, and what went wrong. */
export const RUN_ANSWER = object({ success: FLAG, ...LISTS });

/** What was rolled back. */
export const ROLLBACK_ANSWER = object({ success: FLAG, message: TEXT, ...LISTS, 'error?': TEXT });

/** Ids in the order in which they run. */
export const ORDER_ANSWER = object({ ordered_migration_ids: nullable(TEXTS) });

const PLACE = { version: TEXT, connection: TEXT, backend: TEXT };
const STATUS: JsonSchema = { type: 'string', enum: ['pending', 'applied', 'failed', 'rolled_back'] };

/** Migrations and how they stand. */
export const LIST_ANSWER = object({
  items: list(
    object({
      migration_id: TEXT,
      schema: TEXT,
      table: TEXT,
      ...PLACE,
      name: TEXT,
      applied: FLAG,
      status: STATUS,
      'applied_at?': TIME,
      'error_message?': TEXT,
      'tags?': TEXTS,
    }),
  ),
  total: COUNT,
});

/** One migration. */
export const DETAIL_ANSWER = object({
  migration_id: TEXT,
  schema: TEXT,
  table: TEXT,
  ...PLACE,
  name: TEXT,
  applied: FLAG,
  'up_sql?': TEXT,
  'down_sql?': TEXT,
  'dependencies?': TEXTS,
  'structured_dependencies?': list(
    object({
      connection: TEXT,
      schema: TEXT,
      target: TEXT,
      target_type: TEXT,
      'requires_table?': TEXT,
      'requires_schema?': TEXT,
    }),
  ),
  'tags?': TEXTS,
  drift: list(object({ code: TEXT, schema: TEXT, applied: TEXT, current: TEXT })),
});

/** How one stands. */
export const STATUS_ANSWER = object({
  migration_id: TEXT,
  status: STATUS,
  applied: FLAG,
  'applied_at?': TIME,
  'error_message?': TEXT,
  'targets?': object({ applied: COUNT, failed: COUNT, pending: COUNT, rolled_back: COUNT }),
});

/** Whether one is applied. */
export const APPLIED_ANSWER = object({ applied: FLAG });

const EXECUTOR = { executed_by: TEXT, execution_method: TEXT, execution_context: TEXT };

/** What happened to one. */
export const HISTORY_ANSWER = object({
  migration_id: TEXT,
  history: list(
    object({
      migration_id: TEXT,
      schema: TEXT,
      table: TEXT,
      ...PLACE,
      applied_at: TIME,
      status: STATUS,
      error_message: TEXT,
      ...EXECUTOR,
    }),
  ),
});

const EXECUTIONS = list(
  object({
    id: TEXT,
    migration_id: TEXT,
    schema: TEXT,
    ...PLACE,
    status: STATUS,
    applied: FLAG,
    'applied_at?': TIME,
    created_at: TIME,
    updated_at: TIME,
  }),
);

const SKIPS = list(
  object({
    id: COUNT,
    migration_id: TEXT,
    schema: TEXT,
    ...PLACE,
    ...EXECUTOR,
    skipped_at: TIME,
    created_at: TIME,
  }),
);

/** Where one is and was. */
export const EXECUTIONS_ANSWER = object({ migration_id: TEXT, executions: EXECUTIONS });
/** The newest of all. */
export const RECENT_EXECUTIONS_ANSWER = object({ executions: EXECUTIONS });
/** When one was skipped. */
export const SKIPPED_ANSWER = object({ migration_id: TEXT, skipped: SKIPS });
/** The last of all. */
export const RECENT_SKIPPED_ANSWER = object({ skipped: SKIPS });

/** What a look at the folder has changed. */
export const REINDEX_ANSWER = object({ added: TEXTS, removed: TEXTS, updated: TEXTS, total: COUNT });
