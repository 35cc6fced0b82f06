import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { DEFAULT_POOL_LIMITS, type PoolLimits } from '@bfm/postgresql';
import { until, useTestDatabase } from '@bfm/testing';
import { ConnectionPool } from '../src/pool.ts';
import { realTime, testAddress } from './make-store.ts';

const db = await useTestDatabase(18);

function poolOf(limits: Partial<PoolLimits>, address = testAddress(db.url)): ConnectionPool {
  return new ConnectionPool({
    route: { address, pooled: false },
    limits: { ...DEFAULT_POOL_LIMITS, ...limits },
    ...realTime,
  });
}

it('counts what is open, busy, waited for and given up', async () => {
  const pool = poolOf({ connectionsMax: 2, checkoutTimeoutMs: 50 });
  expect(pool.statistics()).toEqual({
    connectionsMax: 2,
    open: 0,
    busy: 0,
    idle: 0,
    waiting: 0,
    checkouts: 0,
    waits: 0,
    waitedMs: 0,
    timeouts: 0,
    opened: 0,
    failures: 0,
  });
  const [first, second] = [await pool.checkOut(), await pool.checkOut()];
  const third = pool.checkOut();
  expect(pool.statistics()).toMatchObject({ open: 2, busy: 2, idle: 0, waiting: 1, checkouts: 2, waits: 0 });
  await expect(third).rejects.toMatchObject({
    code: 'target.busy',
    next: expect.stringContaining('{CONN}_MAX_CONNECTIONS') as string,
  });
  const fourth = pool.checkOut();
  first.release();
  (await fourth).release();
  second.release();
  const { waitedMs, ...counts } = pool.statistics();
  expect(counts).toMatchObject({
    open: 2,
    busy: 0,
    idle: 2,
    waiting: 0,
    checkouts: 3,
    waits: 2,
    timeouts: 1,
    opened: 2,
  });
  expect(waitedMs).toBeGreaterThanOrEqual(45);
  await pool.close();
});

it('hands a connection to those who wait in the order they came, however long it takes', async () => {
  const pool = poolOf({ connectionsMax: 1 });
  const held = await pool.checkOut();
  const order: number[] = [];
  const waiting = [1, 2, 3].map(async (place) => {
    const client = await pool.checkOut();
    order.push(place);
    client.release();
  });
  held.release();
  await Promise.all(waiting);
  expect(order).toEqual([1, 2, 3]);
  await pool.close();
});

it.each([
  ['nobody used for a while', { idleTimeoutMs: 20 }],
  ['is old', { idleTimeoutMs: 60_000, lifetimeMs: 1 }],
])('closes a connection that %s', async (_what, limits) => {
  const pool = poolOf(limits);
  (await pool.checkOut()).release();
  await until(() => pool.statistics().open === 0, { what: 'the connection to be closed' });
  (await pool.checkOut()).release();
  expect(pool.statistics().opened).toBe(2);
  await pool.close();
});

it('waits no longer than it may for a server that says nothing', async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const pool = poolOf({ connectTimeoutMs: 100 }, { ...testAddress(db.url), port });
  await expect(pool.checkOut()).rejects.toMatchObject({
    code: 'target.unreachable',
    message: expect.stringContaining('no answer in time') as string,
  });
  expect(pool.statistics()).toMatchObject({ open: 0, failures: 1, checkouts: 0 });
  await pool.close();
  silent.close();
});

it('leaves no connection behind on which it cannot log in: it would keep the process alive for a minute', async () => {
  const address = testAddress(db.url);
  const sockets = new Set<Socket>();
  const between = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).once('close', () => sockets.delete(socket)));
    socket.pipe(connect(address.port, address.host).on('error', () => undefined)).pipe(socket);
  });
  await once(between.listen(0, '127.0.0.1'), 'listening');
  const { port } = between.address() as AddressInfo;
  const pool = poolOf({}, { ...address, host: '127.0.0.1', port, password: '' });
  await expect(pool.checkOut()).rejects.toMatchObject({ code: 'target.unreachable' });
  await until(() => sockets.size === 0, { what: 'the end of the connection' });
  await pool.close();
  between.close();
});
