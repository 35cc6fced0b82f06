/** What an error asks of the caller; decides every transport's status. */
export type ErrorCategory =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition'
  | 'execution'
  | 'unsupported'
  | 'unavailable'
  | 'internal';

/** The statuses a category has on each transport. */
export interface CategorySpec {
  readonly http: number;
  readonly grpc: string;
  /** Exit code of the CLI. */
  readonly exit: number;
  /** Whether the same request may succeed later without anybody deciding something. */
  readonly retryable: boolean;
}

/** One code of the catalogue. */
export interface ErrorSpec {
  readonly category: ErrorCategory;
  /** One line for people: what this code means in general. */
  readonly title: string;
  /** HTTP's status for it, where that has one of its own; else the category's. */
  readonly http?: number;
  /** The same of gRPC. */
  readonly grpc?: string;
}

/** The statuses of every category, in one place: transports look up, they never switch. */
export const CATEGORIES = {
  invalid: { http: 400, grpc: 'INVALID_ARGUMENT', exit: 2, retryable: false },
  unauthenticated: { http: 401, grpc: 'UNAUTHENTICATED', exit: 3, retryable: false },
  forbidden: { http: 403, grpc: 'PERMISSION_DENIED', exit: 3, retryable: false },
  not_found: { http: 404, grpc: 'NOT_FOUND', exit: 4, retryable: false },
  conflict: { http: 409, grpc: 'ABORTED', exit: 5, retryable: true },
  precondition: { http: 422, grpc: 'FAILED_PRECONDITION', exit: 6, retryable: false },
  execution: { http: 200, grpc: 'OK', exit: 1, retryable: false },
  unsupported: { http: 501, grpc: 'UNIMPLEMENTED', exit: 7, retryable: false },
  unavailable: { http: 503, grpc: 'UNAVAILABLE', exit: 8, retryable: true },
  internal: { http: 500, grpc: 'INTERNAL', exit: 70, retryable: false },
} as const satisfies Record<ErrorCategory, CategorySpec>;

/** Every error BFM can give: code -> category and meaning. Codes are stable: programs match on them. */
export const ERROR_CATALOG = {
  'request.invalid': { category: 'invalid', title: 'The request or command line is not valid.' },
  'request.too_large': { category: 'invalid', http: 413, title: 'The request is larger than allowed.' },
  'request.media_type': {
    category: 'invalid',
    http: 415,
    title: 'The body of the request is not in a form that the server reads.',
  },
  'request.schema_required': {
    category: 'invalid',
    title: 'Only dynamic migrations were selected, and no schema was named.',
  },
  'name.invalid': { category: 'invalid', title: 'A name is not allowed.' },
  'config.invalid': { category: 'invalid', title: 'The configuration is faulty.' },
  'config.no_connection': { category: 'invalid', title: 'No connection is configured.' },
  'plan.invalid': { category: 'invalid', title: 'A plan file cannot be read.' },
  'source.missing': { category: 'invalid', title: 'The folder of migrations does not exist.' },
  'source.unreadable': { category: 'invalid', title: 'A file or folder of the migrations cannot be read.' },
  'source.outside_root': {
    category: 'invalid',
    title: 'A link leads out of the folder of migrations.',
  },
  'source.not_a_file': { category: 'invalid', title: 'Something named like a migration is not a file.' },
  'source.bad_name': { category: 'invalid', title: 'A file or folder name is not one BFM can use.' },
  'source.not_utf8': { category: 'invalid', title: 'A file is not text in UTF-8.' },
  'source.too_large': { category: 'invalid', title: 'A file is larger than the limit.' },
  'source.ignored': { category: 'invalid', title: 'A file that looks like a migration is not read.' },
  'source.suspicious': { category: 'invalid', title: 'A file holds something allowed that looks wrong.' },
  'migration.duplicate_version': {
    category: 'invalid',
    title: 'Two migrations of one connection have the same version.',
  },
  'migration.name_clash': {
    category: 'invalid',
    title: 'Two file names differ only by case or Unicode form.',
  },
  'migration.empty': { category: 'invalid', title: 'A migration holds no statement.' },
  'migration.unparseable': { category: 'invalid', title: 'A migration cannot be parsed.' },
  'migration.transaction_control': {
    category: 'invalid',
    title: 'A migration controls transactions itself.',
  },
  'migration.psql_command': { category: 'invalid', title: 'A migration holds a psql command.' },
  'migration.index_unnamed': {
    category: 'invalid',
    title: 'An index that is built concurrently has no name.',
  },
  'migration.needs_no_transaction': {
    category: 'invalid',
    title: 'A statement cannot run inside a transaction.',
  },
  'migration.forbidden_statement': {
    category: 'invalid',
    title: "A migration reaches into BFM's own schema.",
  },
  'migration.falls_through': {
    category: 'invalid',
    title: 'An ALTER or DROP without a schema would be carried out in schema public.',
  },
  'migration.too_large': {
    category: 'invalid',
    title: 'A migration has more statements, or a larger one, than the limit.',
  },
  'migration.role_left': {
    category: 'invalid',
    title: 'A migration leaves another role in force at its end.',
  },
  'migration.directive_unknown': { category: 'invalid', title: 'A directive is not known.' },
  'migration.directive_invalid': { category: 'invalid', title: "A directive's value is not valid." },
  'migration.directive_repeated': { category: 'invalid', title: 'A directive is given twice.' },
  'migration.placeholder_unsafe': {
    category: 'invalid',
    title: 'A placeholder inside a text would be filled with a name that needs quoting.',
  },
  'migration.json_invalid': { category: 'invalid', title: 'An etcd migration is not valid.' },
  'migration.sidecar_invalid': { category: 'invalid', title: 'A Go sidecar cannot be read.' },
  'dependency.missing': { category: 'invalid', title: 'A dependency does not exist.' },
  'dependency.ambiguous': { category: 'invalid', title: 'A dependency fits several migrations.' },
  'dependency.cycle': { category: 'invalid', title: 'Dependencies form a cycle.' },
  'dependency.fixed_on_dynamic': {
    category: 'invalid',
    title: 'A fixed migration depends on a dynamic one.',
  },
  'auth.missing': { category: 'unauthenticated', title: 'The request comes without a token.' },
  'auth.invalid': { category: 'unauthenticated', title: 'The token is not one that the server accepts.' },
  'auth.forbidden': { category: 'forbidden', title: 'The caller may not do this.' },
  'request.not_found': { category: 'not_found', title: 'The server has no such address.' },
  'connection.not_found': { category: 'not_found', title: 'No connection of this name is configured.' },
  'migration.not_found': { category: 'not_found', title: 'No migration of this id or name is known.' },
  'target.not_found': { category: 'not_found', title: 'No such target is known.' },
  'target.locked': { category: 'conflict', title: 'Another run holds the target.' },
  'lock.lost': { category: 'conflict', title: 'A lease ended while its holder was at work.' },
  'lock.not_found': { category: 'not_found', title: 'No such lock is held.' },
  'target.fence_lost': { category: 'conflict', title: 'Another run took the target over.' },
  'run.not_found': { category: 'not_found', title: 'No such run is known.' },
  'token.not_found': { category: 'not_found', title: 'No such token is known.' },
  'token.name_taken': { category: 'conflict', title: 'Another valid token has this name.' },
  'run.fence_lost': { category: 'conflict', title: 'Another worker took the run over, or it has ended.' },
  'run.ended': { category: 'conflict', title: 'The run has ended.' },
  'run.not_ended': { category: 'conflict', title: 'The run has not ended yet.' },
  'run.nothing_left': { category: 'conflict', title: 'The run has done all that it was to do.' },
  'idempotency.in_progress': {
    category: 'conflict',
    title: 'A request with this Idempotency-Key has no answer yet.',
  },
  'plan.stale': { category: 'conflict', title: 'The world no longer matches the plan.' },
  'drift.checksum_changed': {
    category: 'precondition',
    title: 'An applied migration was edited afterwards.',
  },
  'drift.missing': { category: 'precondition', title: 'An applied migration is no longer in the source.' },
  'drift.half_rolled_back': {
    category: 'precondition',
    title: 'The rollback of a migration that runs outside a transaction began and did not end.',
  },
  'drift.out_of_order': {
    category: 'precondition',
    title: 'A pending migration comes before one that is already applied.',
  },
  'drift.forgotten': {
    category: 'precondition',
    title: 'A migration was applied, and its ledger row was changed by something else than BFM since.',
  },
  'ledger.damaged': {
    category: 'precondition',
    title: 'The ledger is in pieces: something of it is gone, or contradicts itself.',
  },
  'ledger.baseline_required': {
    category: 'precondition',
    title: 'The schema has objects but no ledger.',
  },
  'baseline.not_possible': {
    category: 'precondition',
    title: 'A schema cannot be baselined: it is missing or empty, or BFM has applied something there.',
  },
  'baseline.schemas_differ': {
    category: 'precondition',
    title: 'The schemas to be baselined are not made alike.',
  },
  'import.state_missing': {
    category: 'not_found',
    title: 'The state to be imported has none of the tables of an existing BFM.',
  },
  'import.state_unknown': {
    category: 'unsupported',
    title: 'The tables of the state to be imported are not made as this version knows them.',
  },
  'import.undecided': {
    category: 'precondition',
    title: 'What the state to be imported says does not fit what is in the database.',
  },
  'ledger.recreated': {
    category: 'precondition',
    title: 'The schema was dropped and made anew, and is not empty.',
  },
  'ledger.other_connection': {
    category: 'precondition',
    title: "The database's ledger knows other connections only.",
  },
  'ledger.newer_format': {
    category: 'precondition',
    title: 'The ledger was written by a newer BFM.',
  },
  'target.not_droppable': {
    category: 'precondition',
    title: 'A schema is not dropped: something else is in it or depends on it.',
  },
  'repair.not_applicable': {
    category: 'precondition',
    title: 'A repair does not fit what the ledger says.',
  },
  'migration.not_applied': {
    category: 'precondition',
    title: 'A migration that is to be rolled back is not applied.',
  },
  'migration.irreversible': { category: 'precondition', title: 'A migration has no down.' },
  'requirement.unmet': {
    category: 'precondition',
    title: 'A table or schema that a migration requires does not exist.',
  },
  'rollback.dependents': {
    category: 'precondition',
    title: 'Applied migrations depend on one that is to be rolled back.',
  },
  'rollback.partly_run': {
    category: 'precondition',
    title: 'The up of a migration that is to be rolled back has not ended.',
  },
  'rollback.newer_stay': {
    category: 'precondition',
    title: 'Newer migrations stay applied on top of one that is rolled back.',
  },
  'plan.pending': { category: 'precondition', title: 'Migrations are pending.' },
  'idempotency.key_reused': {
    category: 'precondition',
    title: 'An Idempotency-Key came with another request before.',
  },
  'state.row_unsound': {
    category: 'precondition',
    title: 'A row of the state was changed behind BFM.',
  },
  'state.newer': { category: 'precondition', title: 'The state was upgraded by a newer BFM.' },
  'step.failed': { category: 'execution', title: 'A migration failed.' },
  'step.lock_timeout': {
    category: 'execution',
    title: 'A migration could not get a lock in time.',
  },
  'step.timeout': { category: 'execution', title: 'A statement took longer than allowed.' },
  'step.blocked': { category: 'execution', title: 'A dependency of the step was not applied.' },
  'step.verify_failed': { category: 'execution', title: "A migration's post-condition does not hold." },
  'step.partial': {
    category: 'precondition',
    title:
      'A migration that runs outside a transaction is partly done, and its file says something else now.',
  },
  'step.invalid_index': {
    category: 'precondition',
    title: 'An INVALID index that BFM did not make is in the way.',
  },
  'step.other_object': {
    category: 'precondition',
    title: 'Something else stands where an interrupted statement was to make its own.',
  },
  'step.unknown': {
    category: 'precondition',
    title:
      'Nobody knows whether a step or one of its statements was done: its end was not heard and cannot be found out.',
  },
  'unit.not_undone': {
    category: 'precondition',
    title: 'A step of a unit that has failed could not be taken back.',
  },
  'run.cancelled': { category: 'execution', title: 'The run was cancelled.' },
  'run.poisoned': {
    category: 'execution',
    title: 'Whoever worked on the run was lost again and again.',
  },
  'target.pooled': {
    category: 'unsupported',
    title: 'A pooler stands before the database, and the connection is not configured for one.',
  },
  'machine.too_small': {
    category: 'unsupported',
    title: 'The machine gives the process too little to work with.',
  },
  'backend.capability_missing': {
    category: 'unsupported',
    title: 'This is not supported for this kind of store.',
  },
  'target.unreachable': { category: 'unavailable', title: 'The store cannot be reached.' },
  'lock.unreachable': { category: 'unavailable', title: 'The lock provider cannot be reached.' },
  'target.busy': {
    category: 'unavailable',
    title: "No connection of the store's budget became free in time.",
  },
  'state.unavailable': { category: 'unavailable', title: "BFM's state cannot be used now." },
  'state.not_ready': { category: 'unavailable', title: "The tables of BFM's state are not there." },
  'target.denied': { category: 'unavailable', title: "The login lacks rights that BFM's ledger needs." },
  'target.read_only': { category: 'unavailable', title: 'The database takes no writes.' },
  'request.too_many': {
    category: 'unavailable',
    http: 429,
    grpc: 'RESOURCE_EXHAUSTED',
    title: 'More requests, or more that were refused, than allowed in this time.',
  },
  'server.stopping': { category: 'unavailable', title: 'The server is stopping.' },
  'server.unreachable': { category: 'unavailable', title: 'The BFM server cannot be reached.' },
  'server.bad_answer': {
    category: 'unavailable',
    title: 'What answers is no BFM server, or one of another version.',
  },
  'internal.invariant': { category: 'internal', title: 'A bug in BFM.' },
} as const satisfies Record<string, ErrorSpec>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERROR_CATALOG;

/** The CLI's exit code for an error code. */
export function exitCodeOf(code: ErrorCode): number {
  return CATEGORIES[ERROR_CATALOG[code].category].exit;
}
