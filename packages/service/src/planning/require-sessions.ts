import { toFaultsError, type Fault, type Plan } from '@bfm/core';
import { needsOwnSession } from '@bfm/engine';
import type { ServiceContext } from '../service-context.ts';
import { findConnection } from './find-connection.ts';

/**
 * Refuses statements outside of transactions where there is no session for them: behind a pooler without a way past it.
 *
 * @throws {backend.capability_missing} naming every migration concerned
 */
export function requireSessions(plan: Plan, context: ServiceContext): void {
  const faults = plan.groups.flatMap(({ connection, steps }): readonly Fault[] => {
    const needing = steps.filter(needsOwnSession);
    if (needing.length === 0) return [];
    if (context.storeOf(findConnection(connection, context)).bareStatements === 'possible') return [];
    const variable = `${connection.toUpperCase().replaceAll('-', '_')}_DIRECT_URL`;
    return needing.map(({ migrationId, file }) => ({
      code: 'backend.capability_missing',
      message: `${migrationId} has statements that cannot run in a transaction, and connection ${connection} leads through a pooler, which has no session for them; nothing was run`,
      where: { file, migration_id: migrationId, connection },
      mend: `set ${variable} to the way past the pooler`,
    }));
  });
  const [first, ...rest] = faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
}
