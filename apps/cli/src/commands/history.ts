import type { ConnectionName, SchemaName } from '@bfm/core';
import {
  parseSchemaNames,
  presentHistory,
  readHistory,
  resolveMigrations,
  type HistoryPage,
  type ServiceContext,
} from '@bfm/service';
import type { Invocation } from '../invocation.ts';
import { toCommandLine } from '../options/command-line.ts';
import type { HistoryCommandOptions } from '../options/option-types.ts';
import { listSchemas } from '../options/plan-request.ts';
import { selectBackends, selectConnections } from '../options/select-connections.ts';
import { nextLine } from '../output/error-view.ts';
import { historyView } from '../output/history-view.ts';
import { openSession } from './session.ts';

const DEFAULT_LIMIT = 20;
const NOTHING: HistoryPage = { entries: [], next: null };

/** `bfm history`: what the ledgers themselves have recorded. */
export async function runHistory(options: HistoryCommandOptions, invocation: Invocation): Promise<number> {
  await using session = await openSession(options, invocation);
  const { context, terminal } = session;
  const page = await readPage(options, context);
  terminal.data(presentHistory(page));
  const { print, look } = terminal.people;
  if (page.entries.length === 0) print(['Nothing is recorded yet for this selection.']);
  else print(historyView(page.entries, context.catalog, look));
  if (page.next !== null) {
    const again = `${toCommandLine('bfm history', options)} --cursor '${page.next}'`;
    print(['', nextLine(again, look)]);
  }
  return 0;
}

async function readPage(options: HistoryCommandOptions, context: ServiceContext): Promise<HistoryPage> {
  const connections = wantedConnections(options, context);
  const schemas = await wantedSchemas(options, connections, context);
  // An empty list would mean all of them; here it means that nothing fits.
  if (connections.length === 0 || schemas?.length === 0) return NOTHING;
  return readHistory(
    {
      connections,
      schemas: schemas ?? [],
      migrations: resolveMigrations(options.migration ?? [], context.catalog),
      limit: options.limit ?? DEFAULT_LIMIT,
      cursor: options.cursor ?? null,
    },
    context,
  );
}

function wantedConnections(
  { connection, backend }: HistoryCommandOptions,
  context: ServiceContext,
): readonly ConnectionName[] {
  const backends = selectBackends(backend ?? []);
  const named = selectConnections(connection ?? [], context);
  return [...context.connections.values()]
    .filter(({ name }) => named.length === 0 || named.includes(name))
    .filter((info) => backends.length === 0 || backends.includes(info.backend))
    .map(({ name }) => name);
}

/** `null`: all. */
async function wantedSchemas(
  options: HistoryCommandOptions,
  connections: readonly ConnectionName[],
  context: ServiceContext,
): Promise<readonly SchemaName[] | null> {
  const { schema, schemasFrom, allTenants } = options;
  if (schema === undefined && schemasFrom === undefined && allTenants === undefined) return null;
  const listed = await listSchemas(options, connections, context);
  return [...new Set([...parseSchemaNames(schema ?? [], '--schema'), ...listed])];
}
