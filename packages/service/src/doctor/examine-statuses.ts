import { makePlanRequest, isBfmError, type ConnectionName } from '@bfm/core';
import { listTenants } from '../list-tenants.ts';
import { readStatuses, type TargetStatus } from '../read-status.ts';
import type { ServiceContext } from '../service-context.ts';
import { errorToFindings, type Finding } from './finding.ts';

/** How the targets of one database stand, and what kept them from being looked at. */
export interface ExaminedStatuses {
  readonly statuses: readonly TargetStatus[];
  readonly findings: readonly Finding[];
}

/**
 * Looks at all targets of some connections, all of one database: the fixed ones, every tenant a ledger knows, and those
 * that the connections list. What a faulty source keeps out of the catalog is not called missing.
 */
export async function examineStatuses(
  connections: readonly ConnectionName[],
  address: string,
  context: ServiceContext,
): Promise<ExaminedStatuses> {
  const listing = connections.filter((name) => (context.connections.get(name)?.tenants ?? null) !== null);
  const parts = await Promise.all([
    attempt(address, () => readStatuses({ ...EVERYTHING, connections }, context)),
    ...listing.map((name) =>
      attempt(address, async () => {
        const listedSchemas = await listTenants([name], context);
        return readStatuses(
          { ...EVERYTHING, connections: [name], listedSchemas, schemasListed: true },
          context,
        );
      }),
    ),
  ]);
  const statuses = new Map(
    parts.flatMap((part) =>
      part.statuses.map((status) => [`${status.target.connection}/${status.target.schema ?? ''}`, status]),
    ),
  );
  return {
    statuses: [...statuses.values()].map(soundPart),
    findings: parts.flatMap(({ findings }) => findings),
  };

  function soundPart(status: TargetStatus): TargetStatus {
    if (context.sourceFaults.length === 0) return status;
    return { ...status, drift: status.drift.filter(({ kind }) => kind !== 'missing') };
  }
}

async function attempt(
  address: string,
  read: () => Promise<readonly TargetStatus[]>,
): Promise<ExaminedStatuses> {
  try {
    return { statuses: await read(), findings: [] };
  } catch (error) {
    if (!isBfmError(error)) throw error;
    // That the ledger knows other connections is a finding of its own.
    const isTold = error.code === 'ledger.other_connection';
    return { statuses: [], findings: isTold ? [] : errorToFindings(error, address) };
  }
}

const EVERYTHING = makePlanRequest();
