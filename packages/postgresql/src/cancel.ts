import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import pg from 'pg';
import type { PostgresAddress } from './connection-address.ts';
import { toClientConfig, type Route } from './client-config.ts';
import { closeAtOnce } from './silence/looker.ts';

const TIMEOUT_MS = 5_000;

/**
 * Cancels what a backend is doing, over a connection of its own, since the pool may be used up. Best effort: when it
 * cannot be sent, timeouts and the connection check of the server remain.
 */
export async function cancelBackend(address: PostgresAddress, pid: number): Promise<void> {
  const config = toClientConfig({ address, pooled: false }, TIMEOUT_MS);
  const client = new pg.Client({ ...config, query_timeout: TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT pg_catalog.pg_cancel_backend($1)', [pid]);
  } catch {
    // Nothing to do: see above.
  } finally {
    void client.end().catch(() => undefined);
    closeAtOnce(client);
  }
}

/** The parts of pg's connection that its types leave out. */
interface Wire extends EventEmitter {
  readonly connect: (portOrPath: number | string, host?: string) => void;
  readonly requestSsl: () => void;
  readonly cancel: (processId: number, secretKey: unknown) => void;
  readonly stream: Socket;
}

/**
 * Cancels what a client is doing by the protocol's own request, which a pooler passes on to whichever backend works for
 * that client at the moment: by process id one might hit a backend that works for somebody else by now. Best effort.
 */
export async function cancelClient(route: Route, client: pg.ClientBase): Promise<void> {
  const config = toClientConfig(route, TIMEOUT_MS);
  const { connection } = new pg.Client(config) as unknown as { readonly connection: Wire };
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: unknown };
  const send = (): void => {
    connection.cancel(processID, secretKey);
  };
  const ended = new Promise<void>((resolve) => {
    connection.once('end', resolve).once('error', () => {
      resolve();
    });
  });
  connection.once('connect', config.ssl === false ? send : connection.requestSsl.bind(connection));
  connection.once('sslconnect', send);
  connection.stream.setTimeout(TIMEOUT_MS, () => connection.stream.destroy());
  const { host, port } = route.address;
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  await ended;
}
