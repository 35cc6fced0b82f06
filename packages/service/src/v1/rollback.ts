import type { ControlContext } from '../control/control-context.ts';
import { rollBackV1 } from './down.ts';
import { requireV1 } from './v1-known.ts';
import type { V1Ask } from './v1-run.ts';

/** What a client of the v1 wire wants rolled back by its page. */
export interface V1RollbackRequest {
  readonly migrationId: string;
  readonly schemas: readonly string[];
}

/** What it is told. */
export interface V1RollbackBody {
  readonly success: boolean;
  readonly message: string;
  readonly applied: readonly string[];
  readonly skipped: readonly string[];
  readonly errors: readonly string[];
  /** Only where there was nothing to roll back. */
  readonly error?: string;
}

/** A body, and what transports make a status of. */
export interface V1RollbackAnswer {
  /** `nothing`: there was nothing to roll back; `busy`: another run holds it. */
  readonly verdict: 'done' | 'failed' | 'nothing' | 'busy';
  readonly body: V1RollbackBody;
}

const IRREVERSIBLE = 'migration does not have rollback SQL';

/**
 * Rolls one migration back and waits for the end. What goes wrong is in the answer.
 *
 * @throws {migration.not_found} {name.invalid} {state.unavailable}
 */
export async function rollbackV1(
  { migrationId, schemas }: V1RollbackRequest,
  ask: V1Ask,
  control: ControlContext,
): Promise<V1RollbackAnswer> {
  const known = await requireV1(migrationId, control);
  const asked = { known, schemas, dryRun: false, ignoreDependencies: false };
  const { applied, skipped, errors, busy } = await rollBackV1(asked, ask, control);
  const lists = { applied, skipped, errors };
  if (errors.length > 0) {
    const irreversible = errors.every((error) => error.endsWith(IRREVERSIBLE));
    const message = irreversible ? IRREVERSIBLE : 'rollback failed';
    return {
      verdict: busy && applied.length === 0 ? 'busy' : 'failed',
      body: { success: false, message, ...lists },
    };
  }
  if (applied.length > 0) {
    return { verdict: 'done', body: { success: true, message: 'rollback completed successfully', ...lists } };
  }
  const message = 'migration is not applied';
  return {
    verdict: 'nothing',
    body: { success: false, message, ...lists, error: 'no migrations to rollback' },
  };
}
