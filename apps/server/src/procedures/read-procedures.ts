import {
  HealthResponseSchema,
  IsMigrationAppliedResponseSchema,
  ListMigrationsResponseSchema,
  MigrationDetailResponseSchema,
  MigrationHistoryResponseSchema,
  MigrationStatusResponseSchema,
} from '@bfm/contract';
import { appliedV1, type ControlContext, detailV1, historyV1, listV1, statusV1 } from '@bfm/service';
import type { MigrationProcedures } from '../grpc/procedures.ts';
import type { Health } from '../http/readiness.ts';
import type { Identity } from '../routes/request-caller.ts';
import { requireId } from './change-procedures.ts';
import { toMessage } from './messages.ts';

/** The methods that tell how things stand. */
export type ReadProcedures = Pick<
  MigrationProcedures<Identity>,
  | 'listMigrations'
  | 'getMigration'
  | 'getMigrationStatus'
  | 'isMigrationApplied'
  | 'getMigrationHistory'
  | 'health'
>;

/** The methods over the use cases of the v1 wire. @param health as HTTP tells it */
export function toReadProcedures(control: ControlContext, health: () => Promise<Health>): ReadProcedures {
  return {
    listMigrations: async ({ schema, connection, backend, status, version }) =>
      toMessage(
        ListMigrationsResponseSchema,
        await listV1({ schema, connection, backend, status, version }, control),
      ),
    getMigration: async ({ migrationId }, { caller }) => {
      requireId(migrationId);
      return toMessage(MigrationDetailResponseSchema, await detailV1(migrationId, caller, control));
    },
    getMigrationStatus: async ({ migrationId }) => {
      requireId(migrationId);
      return toMessage(MigrationStatusResponseSchema, await statusV1(migrationId, control));
    },
    isMigrationApplied: async ({ migrationId }) => {
      requireId(migrationId);
      return toMessage(IsMigrationAppliedResponseSchema, await appliedV1(migrationId, control));
    },
    getMigrationHistory: async ({ migrationId }) => {
      requireId(migrationId);
      return toMessage(MigrationHistoryResponseSchema, await historyV1(migrationId, control));
    },
    health: async () => {
      const { status, checks } = await health();
      return toMessage(HealthResponseSchema, { status, checks });
    },
  };
}
