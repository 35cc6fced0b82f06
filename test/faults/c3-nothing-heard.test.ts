import { POSTGRES_MAJORS, type Fault } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { momentsOn } from '../support/moments.ts';
import { DEADLINE_SECONDS, useNetworkWorld } from './support/network-world.ts';

/**
 * From the moment on at which nothing is heard: the deadline, two seconds, and what the run still has to do, on a slow
 * machine, too. Without a deadline it would be the quarter of an hour after which the kernel gives up.
 */
const FREE_MS = (DEADLINE_SECONDS + 2 + 16) * 1_000;

const PLACES = [
  { place: 'in a statement', trigger: { on: 'statement', text: /CREATE TABLE step_2 / } },
  { place: 'before a COMMIT', trigger: { on: 'commit', at: 'request', after: /CREATE TABLE step_2 / } },
  { place: 'behind a COMMIT', trigger: { on: 'commit', at: 'reply', after: /CREATE TABLE step_2 / } },
  { place: 'in a bare statement', trigger: { on: 'statement', text: /CREATE INDEX CONCURRENTLY/ } },
  { place: 'in a backfill', trigger: { on: 'statement', text: /INSERT INTO step_1 /, nth: 3 } },
] as const;

const FAULTS: readonly {
  readonly name: string;
  readonly fault: Fault;
  readonly places: readonly (typeof PLACES)[number][];
}[] = [
  { name: 'nothing passes', fault: 'blackhole', places: PLACES },
  { name: 'nothing comes back', fault: { blackhole: 'to-client' }, places: [PLACES[0], PLACES[2]] },
  { name: 'nothing gets there', fault: { blackhole: 'to-server' }, places: [PLACES[0]] },
];

const SCENES = FAULTS.flatMap(({ places, ...fault }) => places.map((place) => ({ ...fault, ...place })));

describe.each(POSTGRES_MAJORS)('a network that dies without a word, PostgreSQL %i', async (major) => {
  const { proxy, up, upOrFail, expectSound } = await useNetworkWorld(major);

  it.each(momentsOn(major, SCENES))(
    'C3 $name on one connection, $place: given up after the deadline, and gone on with',
    async ({ name, fault, place, trigger }) => {
      const schema = `c3 ${name} ${place}`.replaceAll(' ', '_');
      const rule = proxy().arm(trigger, fault);
      const run = up(schema);
      await rule.happened;
      const sinceMs = performance.now();
      const { code, stdout, stderr } = await run.ended;
      const tookMs = performance.now() - sinceMs;
      expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
      expect(tookMs).toBeLessThan(FREE_MS);
      await expectSound(schema);
    },
  );

  it.each(momentsOn(major, [PLACES[0], PLACES[2]]))(
    'C3 $place: the whole way to the server is dead, and the run ends',
    async ({ place, trigger }) => {
      const schema = `c3 all ${place}`.replaceAll(' ', '_');
      const rule = proxy().arm(trigger, 'blackhole');
      const run = up(schema);
      await rule.happened;
      proxy().blackhole();
      const sinceMs = performance.now();
      const { code, stdout, stderr } = await run.ended;
      expect(performance.now() - sinceMs).toBeLessThan(FREE_MS);
      expect({ code, said: stdout + stderr }).toMatchObject({
        code: 6,
        said: expect.stringContaining('nothing answers on another connection') as string,
      });
      proxy().heal();
      await upOrFail(schema, '--lock-wait', '30s');
      await expectSound(schema);
    },
  );
});
