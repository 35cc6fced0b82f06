import { findUnsound, shapeOf, useTestDatabase } from '@bfm/testing';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionsTo, startBfm, type BfmEnd } from '../support/bfm.ts';
import { makeEffectTree, type EffectTree } from '../support/effect-tree.ts';
import { seededRandom } from './random.ts';

/** `npm run torture` asks for more than `npm test` has time for. */
const ROUNDS = Number(process.env['BFM_TORTURE_ROUNDS'] ?? 10);
const TENANTS = 8;
/** Kills per round until the run is left alone: more than enough to meet every step. */
const KILLS_MAX = 6;
const SEED = Number(process.env['BFM_TORTURE_SEED'] ?? Date.now() % 1_000_000);

const db = await useTestDatabase(18);
const environment = connectionsTo(db.url, 'tenant');

describe(`exactly once (BFM_TORTURE_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  let tree: EffectTree;

  beforeAll(async () => {
    buildCli();
    tree = await makeEffectTree(db);
  });
  afterAll(async () => {
    await tree[Symbol.asyncDispose]();
  });

  function up(targets: readonly string[]): ReturnType<typeof startBfm> {
    const schemas = targets.flatMap((schema) => ['--schema', schema]);
    return startBfm(['up', '--json', '--sfm', tree.sfm, '--lock-wait', '30s', ...schemas], environment);
  }

  /** All tenants of a round must be made as the first one, which is made as those of the round before. */
  let shape: string | null = null;

  async function expectExactlyOnce(schemas: readonly string[]): Promise<void> {
    shape ??= await shapeOf(db.url, schemas[0] ?? '');
    expect(await findUnsound({ url: db.url, shaped: { schemas, as: shape } })).toEqual([]);
  }

  it(
    `kill -9 of bfm up at random moments over ${TENANTS} tenants: each effect once, ${ROUNDS} rounds`,
    { timeout: 600_000 },
    async () => {
      let killed = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const targets = names(`kill_${round}`);
        for (let attempt = 0; ; attempt += 1) {
          const { child, ended } = up(targets);
          if (attempt >= KILLS_MAX) {
            expectDone(await ended);
            break;
          }
          const end = await Promise.race([ended, delay(60 + random() * 300).then(() => null)]);
          if (end !== null) {
            expectDone(end);
            break;
          }
          child.kill('SIGKILL');
          await ended;
          killed += 1;
        }
        await expectExactlyOnce(targets);
      }
      console.log(`${ROUNDS} rounds, ${killed} kills`);
      expect(killed).toBeGreaterThan(ROUNDS / 2);
    },
  );

  it(
    `two bfm up at once over ${TENANTS} tenants: each effect once, both end well, ${ROUNDS} rounds`,
    { timeout: 600_000 },
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const targets = names(`pair_${round}`);
        const first = up(targets);
        // Sometimes together, sometimes one in the middle of the other.
        await delay(random() < 0.5 ? 0 : random() * 300);
        const second = up(targets);
        const ends = await Promise.all([first.ended, second.ended]);
        for (const end of ends) expectDone(end);
        const applied = ends.map(
          ({ stdout }) => (JSON.parse(stdout) as { summary: { applied: number } }).summary.applied,
        );
        expect((applied[0] ?? 0) + (applied[1] ?? 0)).toBe(TENANTS * tree.names.length);
        await expectExactlyOnce(targets);
      }
    },
  );

  function names(prefix: string): string[] {
    return Array.from({ length: TENANTS }, (_, index) => `${prefix}_${index}`);
  }

  function expectDone({ code, stderr, stdout }: BfmEnd): void {
    expect({ code, stderr, stdout: code === 0 ? '' : stdout }).toEqual({ code: 0, stderr, stdout: '' });
  }
});
