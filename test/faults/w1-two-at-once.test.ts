import { describe, expect, it } from 'vitest';
import type { BfmEnd } from '../support/bfm.ts';
import { useLockProvider } from './support/lock-providers.ts';
import { runOf, schemaArgs, useRowWorld, type RunDocument } from './support/row-world.ts';
import { stepFiles } from './support/step-files.ts';

/** 10 in `npm test`. */
const ROUNDS = Number(process.env['BFM_TORTURE_ROUNDS'] ?? '10');
const SCHEMAS = ['w1_a', 'w1_b'];

/** `user@host (pid 1, run R, session S)`; of a lease without the session. */
const HOLDER = /^\S+@\S+ \(pid (\d+), run ([0-9a-f-]{36})(?:, session [^()]+)?\)$/;

interface Locked {
  readonly details?: { readonly holder?: string; readonly since?: string; readonly token?: string };
  readonly message: string;
}

const WORLDS = [
  { provider: 'none', major: 15 },
  { provider: 'none', major: 18 },
  { provider: 'postgresql', major: 18 },
  { provider: 'etcd', major: 15 },
  { provider: 'redis', major: 18 },
] as const;

describe.each(WORLDS)(
  'W1 two at once on PostgreSQL $major, leases: $provider',
  async ({ provider, major }) => {
    const world = await useRowWorld(major);
    const locks = await useLockProvider(provider);

    it('W1 one wins each target, the other is told who, and every effect is there once', async () => {
      const tree = world.tree(stepFiles(2));
      const place = [...schemaArgs(SCHEMAS), '--lock-wait', '0s', '--json'];
      let refused = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        // Every other round rolls back what the one before has applied.
        const command = round % 2 === 0 ? ['up'] : ['down', '--all', '--yes'];
        const runs = [0, 1].map(() => tree.startWith(locks(), ...command, ...place));
        const ends = await Promise.all(runs.map(({ ended }) => ended));
        const documents = ends.map(runOf);
        for (const [index, end] of ends.entries()) {
          const other = { pid: runs[1 - index]?.child.pid, run: documents[1 - index]?.run.id };
          refused += checkLoser(end, other);
        }
        for (const schema of SCHEMAS) expect(winners(documents, schema), `round ${round}`).toBe(1);
        expect(await world.unsound(), `round ${round}`).toEqual([]);
      }
      // Otherwise nothing was tried.
      expect(refused).toBeGreaterThan(0);
    }, 1_200_000);
  },
);

function winners(documents: readonly RunDocument[], schema: string): number {
  return documents.filter(({ steps }) =>
    steps.some((step) => step.schema === schema && /applied|rolled_back/.test(step.outcome)),
  ).length;
}

/** Checks how a run ended that may have come too late somewhere; gives back at how many targets. */
function checkLoser(end: BfmEnd, other: Partial<Winner>): number {
  const locked = runOf(end).steps.filter(({ error }) => error?.code === 'target.locked');
  expect(end.code, end.stderr).toBe(locked.length > 0 ? 5 : 0);
  for (const { error } of locked) checkNamed(error as unknown as Locked, other);
  return locked.length;
}

interface Winner {
  readonly pid: number | undefined;
  readonly run: string | undefined;
}

function checkNamed({ details, message }: Locked, other: Partial<Winner>): void {
  const { holder = '', since = '', token = '' } = details ?? {};
  const [, pid, run] = HOLDER.exec(holder) ?? [];
  expect({ pid: Number(pid), run }, message).toEqual(other);
  expect(since).toMatch(/^20\d\d-.*Z$/);
  expect(Number(token)).toBeGreaterThan(0);
  expect(message).toMatch(new RegExp(`since ${since}, (?:token|lease) ${token}\\b`));
}
