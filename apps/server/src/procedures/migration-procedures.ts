import type { ControlContext } from '@bfm/service';
import type { MigrationProcedures } from '../grpc/procedures.ts';
import type { Health } from '../http/readiness.ts';
import type { Identity } from '../routes/request-caller.ts';
import { toChangeProcedures } from './change-procedures.ts';
import { toReadProcedures } from './read-procedures.ts';

/** What the methods need besides the use cases. */
export interface ProcedureOptions {
  /** The folder that the server reads. */
  readonly sfm: string;
  /** As HTTP tells it. */
  readonly health: () => Promise<Health>;
}

/** All methods of `migration.MigrationService`. */
export function toMigrationProcedures(
  control: ControlContext,
  { sfm, health }: ProcedureOptions,
): MigrationProcedures<Identity> {
  return { ...toReadProcedures(control, health), ...toChangeProcedures(control, sfm) };
}
