import { POSTGRES_MAJORS } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { makeEffectTree } from '../support/effect-tree.ts';
import { Chance } from './storm/chance.ts';
import { sailInPeace, stormRound } from './storm/storm-round.ts';
import { StormSea } from './storm/storm-sea.ts';
import { Tally } from './storm/tally.ts';

/** `npm run torture` asks for more than `npm test` has time for. */
const MINUTES = Number(process.env['BFM_TORTURE_MINUTES'] ?? 2);
const SEED = Number(process.env['BFM_TORTURE_SEED'] ?? Date.now() % 1_000_000);
/** Each server version gets its share of the time. */
const SHARE_MS = (MINUTES * 60_000) / POSTGRES_MAJORS.length;

const KINDS = ['transaction', 'transaction', 'bare', 'batch', 'transaction', 'transaction'] as const;

describe.each(POSTGRES_MAJORS)(`a storm over PostgreSQL %i (BFM_TORTURE_SEED=${SEED})`, (major) => {
  it(
    `leaves all as it should be, ${MINUTES / POSTGRES_MAJORS.length} minutes`,
    { timeout: SHARE_MS + 300_000 },
    async () => {
      buildCli();
      await using sea = await StormSea.start(major);
      await using tree = await makeEffectTree(sea, { kinds: KINDS, seconds: 0.02 });
      await sailInPeace(sea, tree);
      const [chance, tally] = [new Chance(SEED + major), new Tally()];
      const started = performance.now();
      for (let number = 1; performance.now() - started < SHARE_MS; number += 1) {
        const lines: string[] = [];
        try {
          await stormRound({ sea, tree, chance, tally, number, log: (line) => lines.push(line) });
        } catch (error) {
          throw new Error(`seed ${SEED}, PostgreSQL ${major}:\n${lines.join('\n')}`, { cause: error });
        }
        tally.add('rounds');
      }
      console.log(`PostgreSQL ${major}, seed ${SEED}: ${tally.toString()}`);
      expect(tally.of('rounds')).toBeGreaterThan(0);
    },
  );
});
