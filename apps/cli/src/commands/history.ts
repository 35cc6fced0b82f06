import type { ConnectionName, SchemaName } from '@bfm/core';
import { parseSchemaNames, presentHistory, resolveMigrations, type HistoryPage } from '@bfm/service';
import type { Invocation } from '../invocation.ts';
import type { HistoryWork } from '../modes/history-work.ts';
import { openDesk } from '../modes/open-desk.ts';
import type { Ways } from '../modes/ways.ts';
import { toCommandLine } from '../options/command-line.ts';
import type { HistoryCommandOptions } from '../options/option-types.ts';
import { listSchemas } from '../options/plan-request.ts';
import { selectBackends, selectConnections } from '../options/select-connections.ts';
import { nextLine } from '../output/error-view.ts';
import { historyView } from '../output/history-view.ts';

const DEFAULT_LIMIT = 20;

const WAYS: Ways<HistoryWork> = {
  direct: async (session) => (await import('../direct/direct-history.ts')).directHistory(session),
  remote: async (remote) => (await import('../remote/remote-history.ts')).remoteHistory(remote),
};
const NOTHING: HistoryPage = { entries: [], next: null };

/** `bfm history`: what the ledgers themselves have recorded. */
export async function runHistory(options: HistoryCommandOptions, invocation: Invocation): Promise<number> {
  await using desk = await openDesk(WAYS, options, invocation);
  const { work, terminal } = desk;
  const page = await readPage(options, work);
  terminal.data(presentHistory(page));
  const { print, look } = terminal.people;
  if (page.entries.length === 0) print(['Nothing is recorded yet for this selection.']);
  else print(historyView(page.entries, work.catalog, look));
  if (page.next !== null) {
    const again = `${toCommandLine('bfm history', options)} --cursor '${page.next}'`;
    print(['', nextLine(again, look)]);
  }
  return 0;
}

async function readPage(options: HistoryCommandOptions, work: HistoryWork): Promise<HistoryPage> {
  const connections = wantedConnections(options, work);
  const schemas = await wantedSchemas(options, connections, work);
  // An empty list would mean all of them; here it means that nothing fits.
  if (connections.length === 0 || schemas?.length === 0) return NOTHING;
  return work.readHistory({
    connections,
    schemas: schemas ?? [],
    migrations: resolveMigrations(options.migration ?? [], work.catalog),
    limit: options.limit ?? DEFAULT_LIMIT,
    cursor: options.cursor ?? null,
  });
}

function wantedConnections(
  { connection, backend }: HistoryCommandOptions,
  work: HistoryWork,
): readonly ConnectionName[] {
  const backends = selectBackends(backend ?? []);
  const named = selectConnections(connection ?? [], work);
  return [...work.connections.values()]
    .filter(({ name }) => named.length === 0 || named.includes(name))
    .filter((info) => backends.length === 0 || backends.includes(info.backend))
    .map(({ name }) => name);
}

/** `null`: all. */
async function wantedSchemas(
  options: HistoryCommandOptions,
  connections: readonly ConnectionName[],
  work: HistoryWork,
): Promise<readonly SchemaName[] | null> {
  const { schema, schemasFrom, allTenants } = options;
  if (schema === undefined && schemasFrom === undefined && allTenants === undefined) return null;
  const listed = await listSchemas(options, connections, work);
  return [...new Set([...parseSchemaNames(schema ?? [], '--schema'), ...listed])];
}
