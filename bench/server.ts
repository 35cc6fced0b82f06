import { bundledBinaries, startEmbeddedPostgres } from '@bfm/embedded';

/** The server that everything is measured against. */
export interface BenchServer extends AsyncDisposable {
  /** For people: which server, which settings. */
  readonly description: string;
  url(database: string): string;
}

/** The server at `BFM_BENCH_URL`, or a stock PostgreSQL of its own: fsync on, files gone afterwards. */
export async function startServer(address: string | undefined): Promise<BenchServer> {
  if (address !== undefined && address !== '') return existingServer(address);
  const server = await startEmbeddedPostgres({
    binaries: await bundledBinaries(),
    storage: { kind: 'ephemeral' },
  });
  return {
    description: 'embedded PostgreSQL, stock settings',
    url: (database) => server.url(database),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function existingServer(address: string): BenchServer {
  return {
    description: 'the server at BFM_BENCH_URL',
    url: (database) => {
      const url = new URL(address);
      url.pathname = `/${database}`;
      return url.href;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
