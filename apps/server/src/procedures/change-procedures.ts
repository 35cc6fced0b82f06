import {
  MigrateProgressSchema,
  MigrateResponseSchema,
  ReindexResponseSchema,
  RollbackResponseSchema,
} from '@bfm/contract';
import { BfmError, type ErrorCode } from '@bfm/core';
import {
  type ControlContext,
  downV1,
  readV1Target,
  reindexV1,
  rollbackV1,
  streamUpV1,
  upV1,
  type V1Ask,
  type V1UpRequest,
} from '@bfm/service';
import type { CallContext, MigrationProcedures } from '../grpc/procedures.ts';
import type { Identity } from '../routes/request-caller.ts';
import { toGrpcCaller } from './call-caller.ts';
import { toMessage } from './messages.ts';

/** The methods that change something. */
export type ChangeProcedures = Pick<
  MigrationProcedures<Identity>,
  'migrate' | 'streamMigrate' | 'migrateDown' | 'rollbackMigration' | 'reindexMigrations'
>;

type MigrateRequest = Parameters<MigrationProcedures<Identity>['migrate']>[0];

/** The methods over the use cases of the v1 wire. @param sfm the folder that the server reads */
export function toChangeProcedures(control: ControlContext, sfm: string): ChangeProcedures {
  return {
    migrate: async (request, call) => {
      const { verdict, body } = await upV1(toUpRequest(request), toAsk(call, 'Migrate'), control);
      if (verdict === 'done') return toMessage(MigrateResponseSchema, body);
      throw toFailure(verdict, body.errors, { ...body });
    },
    async *streamMigrate(request, call) {
      const ask = toAsk(call, 'StreamMigrate');
      for await (const message of streamUpV1(toUpRequest(request), ask, control)) {
        yield toMessage(MigrateProgressSchema, message);
      }
    },
    migrateDown: async (request, call) => {
      const { migrationId, schemas, dryRun, ignoreDependencies } = request;
      requireId(migrationId);
      const asked = { migrationId, schemas: schemas.filter(isNamed), dryRun, ignoreDependencies };
      const { verdict, body } = await downV1(asked, toAsk(call, 'MigrateDown'), control);
      if (verdict === 'busy') throw toFailure(verdict, body.errors, { ...body });
      return toMessage(MigrateResponseSchema, body);
    },
    rollbackMigration: async ({ migrationId, schemas }, call) => {
      requireId(migrationId);
      const asked = { migrationId, schemas: schemas.filter(isNamed) };
      const { verdict, body } = await rollbackV1(asked, toAsk(call, 'RollbackMigration'), control);
      if (verdict === 'done' || verdict === 'failed') return toMessage(RollbackResponseSchema, body);
      throw toFailure(verdict, [...body.errors, body.message], { ...body });
    },
    reindexMigrations: async ({ sfmPath }, call) => {
      if (sfmPath !== '' && sfmPath !== sfm) throw otherFolder();
      const caller = toGrpcCaller(call, 'ReindexMigrations');
      return toMessage(ReindexResponseSchema, await reindexV1(caller, control));
    },
  };
}

function toUpRequest(request: MigrateRequest): V1UpRequest {
  const { target, connection, schema, schemaName, dryRun, ignoreDependencies } = request;
  return {
    target: target === undefined ? null : readV1Target(target),
    connection,
    schemas: [schema === '' ? schemaName : schema].filter(isNamed),
    dryRun,
    ignoreDependencies,
  };
}

function isNamed(schema: string): boolean {
  return schema !== '';
}

function toAsk(call: CallContext<Identity>, method: string): V1Ask {
  return { caller: toGrpcCaller(call, method), signal: call.signal, key: call.header('idempotency-key') };
}

const CODES = {
  partial: 'step.failed',
  busy: 'target.locked',
  nothing: 'migration.not_applied',
} as const satisfies Record<string, ErrorCode>;

/** What HTTP answers with a body of its own is a status here; the lists are in its details. */
function toFailure(
  verdict: keyof typeof CODES,
  errors: readonly string[],
  details: Readonly<Record<string, unknown>>,
): BfmError {
  const [first = ''] = errors;
  return new BfmError(CODES[verdict], {
    message: verdict === 'partial' ? `failed to execute migrations: ${errors.join('; ')}` : first,
    details,
    next: 'see GetMigrationHistory for what was done',
  });
}

/** Every request for one migration names it. @throws {request.invalid} */
export function requireId(migrationId: string): void {
  if (migrationId !== '') return;
  throw new BfmError('request.invalid', {
    message: 'request and migration_id are required',
    next: 'send migration_id; ListMigrations has the ids',
  });
}

function otherFolder(): BfmError {
  return new BfmError('request.invalid', {
    message: 'sfm_path is not the folder that this server reads',
    next: 'leave it empty, or change BFM_SFM_PATH of the server',
  });
}
