import { useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Exchange, type ExchangeMessage } from '../src/wire/exchange.ts';

const db = await useTestDatabase(18);

describe('an exchange of messages', () => {
  // In @types/pg 8.23.1 the option is not declared yet.
  const client = new pg.Client({ connectionString: db.url, ...{ pipeline: true } });
  beforeAll(() => client.connect());
  afterAll(() => client.end());

  function say(text: string, more: Partial<ExchangeMessage> = {}): ExchangeMessage {
    return { text, values: [], describe: false, flush: false, joined: false, ...more };
  }

  /** A connection that will be gone before its test is. */
  async function connect(): Promise<pg.Client> {
    const other = new pg.Client({ connectionString: db.url, ...{ pipeline: true } });
    other.on('error', () => undefined);
    await other.connect();
    return other;
  }

  async function hear(
    messages: Iterable<ExchangeMessage>,
  ): Promise<{ heard: [string, string, number][]; error: unknown; rows: unknown[] }> {
    using exchange = new Exchange(client, () => performance.now());
    const heard: [string, string, number][] = [];
    const rows: unknown[] = [];
    const error = await exchange.run(messages, ({ text }, answer) => {
      heard.push([text, answer.error === null ? answer.command : 'failed', answer.notices.length]);
      if (answer.firstRow !== null) rows.push(answer.firstRow);
    });
    return { heard, error, rows };
  }

  it('gives each message its own answer: tag, notices, and its first row when it is wanted', async () => {
    const noisy = "DO $$ BEGIN RAISE NOTICE 'one'; RAISE NOTICE 'two'; END $$";
    const found = await hear([
      say('BEGIN'),
      say(noisy),
      say(''),
      say('SELECT $1::int AS a, true AS b FROM generate_series(1, 3)', { values: ['7'], describe: true }),
      say('SELECT 8', { flush: true }),
      say('ROLLBACK'),
    ]);
    expect(found.heard.map(([, command, notices]) => [command, notices])).toEqual([
      ['BEGIN', 0],
      ['DO', 2],
      ['', 0],
      ['SELECT 3', 0],
      ['SELECT 1', 0],
      ['ROLLBACK', 0],
    ]);
    expect(found).toMatchObject({ error: null, rows: [{ a: 7, b: true }] });
  });

  it('lets nothing behind a failed message take effect, a COMMIT neither', async () => {
    const found = await hear([
      say('BEGIN'),
      say('CREATE TABLE passed_over (id int)'),
      say('SELECT 1 / 0'),
      say('COMMIT'),
      say('CREATE TABLE behind (id int)'),
    ]);
    expect(found.heard.at(-1)).toEqual(['SELECT 1 / 0', 'failed', 0]);
    expect(found.error).toMatchObject({ code: '22012' });
    await client.query('ROLLBACK');
    expect((await client.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).rows).toEqual([]);
  });

  it('keeps messages in one group that must not take effect without those before them', async () => {
    const joined = Array.from({ length: 1_000 }, () => say('COMMIT AND CHAIN', { joined: true }));
    const made = say('CREATE TABLE behind (id int)', { joined: true });
    const found = await hear([say('BEGIN'), say('SELECT 1 / 0'), ...joined, made, ...joined]);
    expect(found.heard.at(-1)).toEqual(['SELECT 1 / 0', 'failed', 0]);
    await client.query('ROLLBACK');
    expect((await client.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).rows).toEqual([]);
  });

  it('takes no more messages once one has failed, however many there are', async () => {
    let taken = 0;
    function* endless(): Generator<ExchangeMessage> {
      for (;;) {
        taken += 1;
        yield say(taken === 1_000 ? 'SELECT 1 / 0' : 'SELECT 1');
      }
    }
    expect((await hear(endless())).error).toMatchObject({ code: '22012' });
    expect(taken).toBeLessThan(2_000);
  });

  it('reads over what a COPY sends, and never waits with the server for data that nobody has', async () => {
    expect((await hear([say('COPY (SELECT 1) TO STDOUT'), say('SELECT 1')])).heard).toEqual([
      ['COPY (SELECT 1) TO STDOUT', 'COPY 1', 0],
      ['SELECT 1', 'SELECT 1', 0],
    ]);
    for (const behind of [[], [say('SELECT 1')]]) {
      const other = await connect();
      await other.query('CREATE TEMP TABLE fed (id int)');
      using exchange = new Exchange(other, () => performance.now());
      expect(await exchange.run([say('COPY fed FROM STDIN'), ...behind], () => undefined)).not.toBeNull();
    }
  });

  it('says that the connection is gone, and of which message', async () => {
    const other = await connect();
    using exchange = new Exchange(other, () => performance.now());
    const heard: string[] = [];
    const messages = ['SELECT 1', 'SELECT pg_terminate_backend(pg_backend_pid())', 'SELECT 2'].map((text) =>
      say(text),
    );
    const error = await exchange.run(messages, ({ text }, answer) => {
      if (answer.error !== null) heard.push(text);
    });
    expect(error).not.toBeNull();
    expect(heard).toEqual(['SELECT pg_terminate_backend(pg_backend_pid())']);
    expect(await exchange.run([say('SELECT 3')], () => undefined)).not.toBeNull();
  });
});
