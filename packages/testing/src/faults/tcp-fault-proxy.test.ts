import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { POSTGRES_MAJORS } from '../test-server.ts';
import { until } from '../until.ts';
import { useTestDatabase } from '../use-test-database.ts';
import { TcpFaultProxy } from './tcp-fault-proxy.ts';

/** A client that answers how its last statement ended, and never throws into the void. */
async function connectThrough(proxy: TcpFaultProxy, url: string): Promise<Client> {
  const client = new Client({ connectionString: proxy.url(url), ssl: false });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** `null`: no answer came while others got theirs. */
function outcomeOf(work: Promise<unknown>): { ended: string | null } {
  const outcome: { ended: string | null } = { ended: null };
  work.then(
    () => (outcome.ended = 'done'),
    (error: unknown) => (outcome.ended = String(error)),
  );
  return outcome;
}

describe.each(POSTGRES_MAJORS)('TcpFaultProxy before PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  let proxy: TcpFaultProxy;
  let clients: Client[] = [];

  beforeEach(async () => {
    proxy = await TcpFaultProxy.before(db.url);
    await db.query('DROP TABLE IF EXISTS rows; CREATE TABLE rows (n int)');
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    clients = [];
  });

  async function open(): Promise<Client> {
    const client = await connectThrough(proxy, db.url);
    clients.push(client);
    return client;
  }

  async function rows(): Promise<number[]> {
    return (await db.query<{ n: number }>('SELECT n FROM rows ORDER BY n')).map(({ n }) => n);
  }

  async function insert(client: Client, n: number): Promise<void> {
    await client.query('BEGIN');
    await client.query('INSERT INTO rows VALUES ($1)', [n]);
    await client.query('COMMIT');
  }

  it('passes everything on as long as nothing is asked of it, and counts', async () => {
    const client = await open();
    await insert(client, 1);
    const { rows: big } = await client.query<{ text: string }>("SELECT repeat('x', 1000000) AS text");
    expect(big[0]?.text).toHaveLength(1_000_000);
    const { connections, commitsAsked, commitsDone, bytesToClient } = proxy.counts;
    expect({ connections, commitsAsked, commitsDone }).toEqual({
      connections: 1,
      commitsAsked: 1,
      commitsDone: 1,
    });
    expect(bytesToClient).toBeGreaterThan(1_000_000);
  });

  it('cuts when the chosen COMMIT is asked for: the server never sees it', async () => {
    const rule = proxy.arm({ on: 'commit', at: 'request', nth: 2 }, 'cut');
    const client = await open();
    await insert(client, 1);
    expect(rule.hasHappened).toBe(false);
    await expect(insert(client, 2)).rejects.toThrow();
    await rule.happened;
    expect(await rows()).toEqual([1]);
    expect(proxy.counts).toMatchObject({ commitsAsked: 2, commitsDone: 1, cut: 1 });
  });

  it('cuts when the COMMIT of a chosen transaction is done: the client never hears of it', async () => {
    const rule = proxy.arm({ on: 'commit', at: 'reply', after: 'INSERT INTO rows' }, 'cut');
    const client = await open();
    await client.query('BEGIN; COMMIT');
    await expect(insert(client, 2)).rejects.toThrow();
    expect(rule.hasHappened).toBe(true);
    expect(await rows()).toEqual([2]);
  });

  it.each(['both', 'to-server', 'to-client'] as const)(
    'keeps sockets open while nothing passes (%s), and lets everything through when the network mends',
    async (direction) => {
      const client = await open();
      proxy.blackhole(direction);
      const insertion = client.query('INSERT INTO rows VALUES (7)');
      const { ended } = outcomeOf(insertion);
      if (direction === 'to-client') {
        await until(async () => (await rows()).length === 1, { what: 'the row' });
      } else expect(await rows()).toEqual([]);
      expect(ended).toBeNull();
      const late = new Client({
        connectionString: proxy.url(db.url),
        ssl: false,
        connectionTimeoutMillis: 200,
      });
      await expect(late.connect()).rejects.toThrow(/timeout/);
      proxy.heal();
      await insertion;
      expect(await rows()).toEqual([7]);
    },
  );

  it('blackholes the one connection that says something, and no other', async () => {
    const [first, second] = [await open(), await open()];
    const rule = proxy.arm({ on: 'statement', text: /^INSERT/ }, { blackhole: 'to-client' });
    const outcome = outcomeOf(first.query('INSERT INTO rows VALUES (1)'));
    await rule.happened;
    await until(async () => (await rows()).length === 1, { what: 'the server to hear it' });
    await second.query('INSERT INTO rows VALUES (2)');
    expect(outcome.ended).toBeNull();
    expect(proxy.counts.blackholed).toBe(1);
  });

  it('resets connections, and refuses new ones until it heals', async () => {
    const client = await open();
    const outcome = outcomeOf(client.query('SELECT pg_sleep(60)'));
    proxy.drop();
    await until(() => outcome.ended !== null, { what: 'the query to fail' });
    proxy.refuse();
    await expect(connectThrough(proxy, db.url)).rejects.toThrow();
    expect(proxy.counts).toMatchObject({ refused: 1, cut: 1 });
    proxy.heal();
    await (await open()).query('SELECT 1');
  });

  it('cuts after so many bytes', async () => {
    const client = await open();
    const { bytesToClient } = proxy.counts;
    proxy.arm({ on: 'bytes', direction: 'to-client', count: bytesToClient + 5_000 }, 'cut');
    await expect(client.query("SELECT repeat('x', 100000)")).rejects.toThrow();
    expect(proxy.counts.bytesToClient).toBeLessThanOrEqual(bytesToClient + 5_000);
  });

  it('comes late as told', async () => {
    const client = await open();
    proxy.delay(40);
    const startedMs = performance.now();
    await client.query('SELECT 1');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(79);
  });
});

describe('TcpFaultProxy before anything', () => {
  it('looks at bytes only, with protocol raw', async () => {
    const echo = createServer((from) => from.on('error', () => undefined).pipe(from)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const { port } = echo.address() as AddressInfo;
    const proxy = await TcpFaultProxy.start({ host: '127.0.0.1', port, protocol: 'raw' });
    const socket: Socket = connect(proxy.port, proxy.host).on('error', () => undefined);
    socket.write('hello');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('hello');
    const rule = proxy.arm({ on: 'bytes', direction: 'to-server', count: 7 }, 'cut');
    socket.write('again');
    await until(() => socket.closed, { what: 'the reset' });
    expect(rule.hasHappened).toBe(true);
    expect(proxy.counts).toMatchObject({ bytesToServer: 7, cut: 1 });
    await until(() => proxy.open === 0, { what: 'the end of the connection' });
    await proxy[Symbol.asyncDispose]();
    echo.close();
  });
});
