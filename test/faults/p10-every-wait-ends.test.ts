import { POSTGRES_MAJORS, until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { DEADLINE_SECONDS, useNetworkWorld } from './support/network-world.ts';

/** The deadline, and what a slow machine adds to it; the kernel would take a quarter of an hour. */
const ENDS_WITHIN_MS = (DEADLINE_SECONDS + 12) * 1_000;

/** BFM's own questions before a migration runs; the server goes dead at each of them. */
const QUESTIONS = [
  { question: 'reading the ledgers', text: /pg_control_system/ },
  { question: 'making the ledger', text: /CREATE SCHEMA bfm/i },
  { question: 'storing the texts', text: /INSERT INTO bfm\.revision/ },
  { question: 'taking a target', text: /bfm\.take/ },
] as const;

describe.each(POSTGRES_MAJORS)('P10 every wait has a deadline, PostgreSQL %i', async (major) => {
  const { db, proxy, up, upOrFail, expectSound } = await useNetworkWorld(major);

  it.each(QUESTIONS)('P10 $question: a server that goes dead ends in exit 8', async ({ question, text }) => {
    // What the proxy held back of the run before reaches the server only now.
    await until(async () => (await db.sessions()).length === 0, { what: 'the end of the last run' });
    await db.query('DROP SCHEMA IF EXISTS bfm CASCADE');
    const schema = `p10 ${question}`.replaceAll(' ', '_');
    const rule = proxy().arm({ on: 'statement', text }, 'blackhole');
    const run = up(schema);
    await rule.happened;
    proxy().blackhole();
    const sinceMs = performance.now();
    const { code, stderr } = await run.ended;
    expect(performance.now() - sinceMs).toBeLessThan(ENDS_WITHIN_MS);
    expect({ code, stderr }).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('no answer in time') as string,
    });
  });

  it('P10 goes on once the server is back', async () => {
    await upOrFail('p10');
    await expectSound('p10');
  });
});
