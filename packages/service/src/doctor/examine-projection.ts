import { isBfmError } from '@bfm/core';
import type { PageRequest, ProjectedMigration, StatePage, StateStore } from '@bfm/engine';
import { readLedgerEntries } from '../control/rebuild-projection.ts';
import type { ConnectionInfo, ServiceContext } from '../service-context.ts';
import type { Finding } from './finding.ts';
import { someOf } from './some-names.ts';

/** Rows read at once. */
const PAGE = 1_000;

type Entry = Pick<ProjectedMigration, 'schema' | 'migrationId' | 'status'>;

/**
 * Looks whether the state knows what the ledgers say is applied: it does not after it was restored from an older backup, or
 * when something was applied without a server. Databases that cannot be reached are left out.
 */
export async function examineProjection(
  state: Pick<StateStore, 'read'>,
  context: ServiceContext,
): Promise<readonly Finding[]> {
  const found = await Promise.all(
    [...context.connections.values()].map((each) => examineOne(each, state, context)),
  );
  return found.flat();
}

async function examineOne(
  connection: ConnectionInfo,
  state: Pick<StateStore, 'read'>,
  context: ServiceContext,
): Promise<readonly Finding[]> {
  const { name, backend } = connection;
  try {
    const store = context.storeOf(connection);
    const ledger = await readLedgerEntries({ store, connection: name, backend });
    return diagnoseProjection(name, ledger, await readProjected(name, state));
  } catch (error) {
    if (isBfmError(error)) return [];
    throw error;
  }
}

async function readProjected(connection: string, state: Pick<StateStore, 'read'>): Promise<readonly Entry[]> {
  const filter = { connection, schema: null, migrationId: null, status: 'applied' } as const;
  const entries: Entry[] = [];
  let after: string | null = null;
  do {
    const request: PageRequest = { limit: PAGE, after };
    const page: StatePage<Entry> = await state.read(({ projection }) => projection.list(filter, request));
    entries.push(...page.items);
    after = page.next;
  } while (after !== null);
  return entries;
}

/** Compares what is applied by the ledger of a connection and by the state. Pure. */
export function diagnoseProjection(
  connection: string,
  ledger: readonly Entry[],
  projected: readonly Entry[],
): readonly Finding[] {
  const [here, there] = [appliedIn(ledger), appliedIn(projected)];
  const unknown = [...here].filter((key) => !there.has(key));
  const surplus = [...there].filter((key) => !here.has(key));
  if (unknown.length + surplus.length === 0) return [];
  const why = [
    ...(unknown.length === 0
      ? []
      : [`${unknown.length} applied that the state does not know (${someOf(unknown)})`]),
    ...(surplus.length === 0
      ? []
      : [`${surplus.length} not applied that the state has as applied (${someOf(surplus)})`]),
  ];
  return [
    {
      code: 'state.projection_stale',
      severity: 'warning',
      message: `${connection}: the ledgers have ${why.join(', and ')}; the ledgers are right, and no run is misled by it`,
      where: { connection },
      database: null,
      mend: `bfm repair projection --connection ${connection}`,
    },
  ];
}

function appliedIn(entries: readonly Entry[]): ReadonlySet<string> {
  const applied = entries.filter(({ status }) => status === 'applied');
  return new Set(applied.map(({ schema, migrationId }) => `${migrationId} in ${schema}`));
}
