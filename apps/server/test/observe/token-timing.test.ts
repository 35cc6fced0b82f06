import { formatToken, parseToken } from '@bfm/core';
import { expect, test } from 'vitest';
import { table } from '../api/support/trees.ts';
import { useServer } from './support/use-server.ts';
import { useTokens } from './support/use-tokens.ts';

/** `npm run token-timing` asks for more than `npm test` has time for. */
const PAIRS = Number(process.env['BFM_TOKEN_PAIRS'] ?? 150);
/** Requests at the same time: enough that the wait of each costs little, few enough that none waits for another. */
const LANES = 8;
/** Of few pairs, on a machine that does other things, the medians tell nothing. */
const MANY = 10_000;
const DIFFERENCE_MS_MAX = 0.5;

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

test(`S2, S10 the time of a refusal does not tell an unknown id from a wrong secret: ${PAIRS} pairs`, async () => {
  const server = await useServer({
    tree: table(1, 'orders'),
    environment: { BFM_REFUSALS_PER_MINUTE: '100000', BFM_LOG_LEVEL: 'error' },
  });
  const parsed = parseToken(await useTokens(server.databaseUrl).create());
  if (parsed === null) throw new Error('no token');
  const digits = (number: number): string => number.toString(36).padStart(8, '0');
  const tokenOf = {
    'unknown id': (index: number) => formatToken({ ...parsed, id: parsed.id.slice(0, -8) + digits(index) }),
    'wrong secret': (index: number) =>
      formatToken({ ...parsed, secret: parsed.secret.slice(0, -8) + digits(index) }),
  };
  type Kind = keyof typeof tokenOf;
  const times: Record<Kind, number[]> = { 'unknown id': [], 'wrong secret': [] };
  const measure = async (kind: Kind, index: number): Promise<void> => {
    const headers = { authorization: `Bearer ${tokenOf[kind](index)}` };
    const began = performance.now();
    const answer = await server.fetch('/api/v1/runs', { headers });
    times[kind].push(performance.now() - began);
    expect(answer.status, await answer.text()).toBe(401);
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next; index < PAIRS; index = next) {
      next += 1;
      const kinds: readonly Kind[] = ['unknown id', 'wrong secret'];
      // In the one order as often as in the other.
      for (const kind of index % 2 === 0 ? kinds : kinds.toReversed()) await measure(kind, index);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const medians = { unknown: medianOf(times['unknown id']), wrong: medianOf(times['wrong secret']) };
  const difference = Math.abs(medians.unknown - medians.wrong);
  console.log(
    `${PAIRS} pairs: unknown id ${medians.unknown.toFixed(3)} ms, wrong secret ${medians.wrong.toFixed(3)} ms, difference of medians ${difference.toFixed(3)} ms`,
  );
  if (PAIRS >= MANY) expect(difference).toBeLessThan(DIFFERENCE_MS_MAX);
  // No refusal is sent sooner, whatever was looked up.
  expect(Math.min(...times['unknown id'], ...times['wrong secret'])).toBeGreaterThan(19);
}, 600_000);
