import type { FailpointName } from '@bfm/core';
import { logEffect, stateOf, until } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { BARE_FAILPOINTS } from '../support/bare-failpoints.ts';
import type { BfmEnd, BfmProcess } from '../support/bfm.ts';
import { momentsOn } from '../support/moments.ts';
import { PROVIDERS, useLockProvider } from './support/lock-providers.ts';
import { runOf, schemaArgs, stem, useRowWorld, type RowTree } from './support/row-world.ts';
import { stepFiles } from './support/step-files.ts';

const TTL = { BFM_LOCK_TTL: '1s' };

/** Before the statements, inside a transaction, around its commit, and between transactions. */
const MOMENTS: readonly FailpointName[] = [
  'target.taken',
  'step.statement_sending',
  'step.fence_checked',
  'step.statement_done',
  'step.recorded',
  'step.commit_sent',
  'step.commit_acknowledged',
  'target.released',
];

/** With leases, too, the session and the fence are what they are without. */
const FEWER_MOMENTS: readonly FailpointName[] = ['target.taken', 'step.fence_checked', 'target.released'];

const BUSY_MOMENTS: readonly FailpointName[] = ['target.taken', 'step.fence_checked', 'step.recorded'];

/** Two of its statements run outside of transactions. */
const WITH_BARE = {
  ...stepFiles(1),
  [`${stem(2)}.up.sql`]: `-- bfm: transaction=none
CREATE INDEX CONCURRENTLY step_1_id ON step_1 (id);
${logEffect('step_2')};
CREATE UNIQUE INDEX CONCURRENTLY step_1_key ON step_1 (id);
`,
};

const INDEXES = `
SELECT c.relname AS name, i.indisvalid AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = $1::regnamespace ORDER BY 1`;

const WORLDS = PROVIDERS.flatMap((provider) => ([15, 18] as const).map((major) => ({ provider, major })));

describe.each(WORLDS)(
  'Z1 a frozen holder on PostgreSQL $major, leases: $provider',
  async ({ provider, major }) => {
    const world = await useRowWorld(major, TTL);
    const locks = await useLockProvider(provider);

    it.each(momentsOn(major, provider === 'none' ? MOMENTS : FEWER_MOMENTS))(
      'Z1 that stopped at %s changes nothing when it goes on after another',
      async (moment) => {
        const { tree, up } = aTenant(moment);
        const zombie = tree.startWith({ ...locks(), ...armed(`${moment}=stop`) }, ...up);
        await frozen(zombie);
        const other = await tree.startWith(locks(), ...up, '--lock-wait', '30s').ended;
        expect(other, other.stderr).toMatchObject({ code: 0 });
        // What the first had committed before it stopped is not planned again.
        expect(outcomesOf(other)).toEqual([]);
        zombie.child.kill('SIGCONT');
        const end = await zombie.ended;
        expect(end, end.stderr).toMatchObject({ code: 0 });
        expect(outcomesOf(end)).toEqual([]);
        expect(await world.unsound()).toEqual([]);
      },
    );

    it.each(provider === 'none' ? momentsOn(major, BARE_FAILPOINTS) : BARE_FAILPOINTS.slice(1, 2))(
      'Z1 that stopped at %s, outside of transactions, changes nothing when it goes on after another',
      async (moment) => {
        const { tree, up, schema } = aTenant(moment, WITH_BARE);
        const zombie = tree.startWith({ ...locks(), ...armed(`${moment}=stop`) }, ...up);
        await frozen(zombie);
        const other = await tree.startWith(locks(), ...up, '--lock-wait', '30s').ended;
        expect(other, other.stderr).toMatchObject({ code: 0 });
        expect(outcomesOf(other)).toEqual([]);
        zombie.child.kill('SIGCONT');
        const end = await zombie.ended;
        expect(end, end.stderr).toMatchObject({ code: 0 });
        expect(outcomesOf(end)).toEqual([]);
        expect(await world.db.query(INDEXES, [schema])).toEqual([
          { name: 'step_1_id', valid: true },
          { name: 'step_1_key', valid: true },
        ]);
        expect(await world.unsound()).toEqual([]);
      },
    );

    it.each(provider === 'none' ? momentsOn(major, BUSY_MOMENTS) : BUSY_MOMENTS.slice(0, 1))(
      'Z2 whose event loop was busy for longer than its lock lasts at %s goes on under a new token',
      async (moment) => {
        const { tree, up } = aTenant(`busy_${moment}`);
        const busy = tree.startWith({ ...locks(), ...armed(`${moment}=busy:3000`) }, ...up);
        await until(async () => (await world.db.query(HELD)).length > 0, { what: 'the target to be held' });
        const other = tree.startWith(locks(), ...up, '--lock-wait', '30s');
        for (const end of [await busy.ended, await other.ended]) {
          expect(end, end.stderr).toMatchObject({ code: 0 });
        }
        expect(await world.unsound()).toEqual([]);
      },
    );

    function aTenant(name: string, files = stepFiles(3)): Tenant {
      const schema = `z_${name.replace(/\W/g, '_')}`;
      return { schema, tree: world.tree(files), up: ['up', ...schemaArgs([schema]), '--json'] };
    }
  },
);

interface Tenant {
  readonly schema: string;
  readonly tree: RowTree;
  readonly up: readonly string[];
}

/** How steps ended that were neither applied nor found applied. */
function outcomesOf(end: BfmEnd): readonly string[] {
  return runOf(end)
    .steps.map(({ outcome }) => outcome)
    .filter((outcome) => outcome !== 'applied' && outcome !== 'skipped');
}

const HELD = `
SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND d.datname = current_database()`;

function armed(rules: string): Record<string, string> {
  return { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: rules };
}

async function frozen({ child, said }: BfmProcess): Promise<void> {
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said()}`);
      return (await stateOf(child.pid ?? 0)) === 'T';
    },
    { what: 'the holder to stop', timeoutMs: 20_000 },
  );
}
