import { setTimeout as delay } from 'node:timers/promises';
import { FAILPOINT_NAMES } from '@bfm/core';
import { findUnsound, shapeOf, until } from '@bfm/testing';
import { runBfm, type BfmEnd } from '../../support/bfm.ts';
import type { EffectTree } from '../../support/effect-tree.ts';
import type { Chance } from './chance.ts';
import { Crew } from './crew.ts';
import { STRIKES } from './strikes.ts';
import { TTL_SECONDS, type Setup, type StormSea } from './storm-sea.ts';
import type { Tally } from './tally.ts';

/** What a round works with. */
export interface RoundScene {
  readonly sea: StormSea;
  readonly tree: EffectTree;
  readonly chance: Chance;
  readonly tally: Tally;
  readonly number: number;
  /** Told what happens, line by line. */
  readonly log: (line: string) => void;
}

/** How a phase asks for its work. */
type Verb = 'up' | 'down';

/** How long processes may take to end once all is well again, in milliseconds. */
const END_MS = 90_000;

/**
 * One round: processes that run the same migrations in the same tenants at once, faults that strike them, and then, all
 * well again, one plain run that must end the work. The checker looks after each.
 *
 * @throws when something hangs, ends as no run may, was told and is not so, or the checker finds something
 */
export async function stormRound(scene: RoundScene): Promise<void> {
  const { chance, tally, number } = scene;
  const setup: Setup = {
    route: chance.of(['direct', 'direct', 'pooled']),
    keeper: chance.of(['none', 'none', 'postgresql', 'etcd', 'redis']),
  };
  const schemas = Array.from({ length: chance.between(2, 6) }, (_, index) => `r${number}_${index}`);
  const commit = chance.of(['per-migration', 'per-target']);
  const verbs = chance.of<readonly Verb[]>([['up'], ['up'], ['up', 'down', 'up']]);
  scene.log(`round ${number}: ${setup.route}, ${setup.keeper}, ${commit}, ${verbs.join(', ')}`);
  for (const verb of verbs) {
    await phase(scene, { verb, setup, schemas, commit });
    tally.add('phases');
  }
}

/** A fault at one of the named moments of a run. */
function trap(chance: Chance): Readonly<Record<string, string>> {
  const [first, ...others] = FAILPOINT_NAMES;
  if (first === undefined) throw new Error('there are no failpoints');
  const action = chance.of(['kill', 'kill', 'stop', 'busy:500', `busy:${(TTL_SECONDS + 1) * 1000}`]);
  const rule = `${chance.of([first, ...others])}=${action}@${chance.between(1, 12)}`;
  return { BFM_ENABLE_FAILPOINTS: '1', BFM_FAILPOINTS: rule };
}

interface Phase {
  readonly verb: Verb;
  readonly setup: Setup;
  readonly schemas: readonly string[];
  readonly commit: string;
}

async function phase(scene: RoundScene, { verb, setup, schemas, commit }: Phase): Promise<void> {
  const { sea, tree, chance, tally, log } = scene;
  const targets = schemas.flatMap((schema) => ['--schema', schema]);
  const all = verb === 'down' ? ['--all', '--yes'] : [];
  const args = [
    verb,
    '--json',
    '--sfm',
    tree.sfm,
    ...all,
    ...targets,
    '--commit',
    commit,
    '--lock-wait',
    '5s',
  ];
  const environment = sea.environment(setup);
  const crew = new Crew(args, environment);
  try {
    for (let count = chance.between(1, 3); count > 0; count -= 1) {
      const faults = chance.happens(0.3) ? trap(chance) : null;
      if (faults !== null) tally.add('failpoints set');
      crew.join(faults ?? {});
      log(`  starts ${JSON.stringify(faults ?? {})}`);
    }
    for (let strikes = chance.between(1, 5); strikes > 0; strikes -= 1) {
      await delay(chance.between(20, 350));
      const strike = chance.weighted(STRIKES);
      const hit = await strike.happen({ sea, crew, chance, tally, setup, schemas });
      log(`  ${strike.name}${hit ? '' : ' (missed)'}`);
      if (hit) tally.add(strike.name);
    }
    sea.heal();
    crew.thaw();
    const ends = await crew.ends(END_MS).catch(async (error: unknown) => {
      throw new Error(await sea.sessions(), { cause: error });
    });
    await checkTold(scene, ends);
    countRejections(ends, tally);
  } finally {
    crew.abandon();
    sea.heal();
  }
  await converge(args, environment, scene);
  await check(scene, { verb, schemas, pids: crew.pids });
}

/** What was told to be applied is. */
async function checkTold({ sea }: RoundScene, ends: readonly BfmEnd[]): Promise<void> {
  for (const { stdout } of ends) {
    const result = parse(stdout);
    if (result === null) continue;
    const told = result.steps.filter(({ outcome }) => outcome === 'applied' || outcome === 'rolled_back');
    const rows = await sea.query<{ key: string }>(
      `SELECT concat_ws(' ', s.schema_name, e.migration_id, e.kind) AS key
       FROM bfm.event e JOIN bfm.scope s USING (scope_id) WHERE e.run_id = $1`,
      [result.run.id],
    );
    const known = new Set(rows.map(({ key }) => key));
    const lost = told.filter((step) => !known.has(`${step.schema} ${step.migration_id} ${step.outcome}`));
    if (lost.length > 0) throw new Error(`told, and not so: ${JSON.stringify(lost)}`);
  }
}

interface RunOutput {
  readonly run: { readonly id: string };
  readonly steps: readonly {
    readonly schema: string;
    readonly migration_id: string;
    readonly outcome: string;
  }[];
}

function parse(stdout: string): RunOutput | null {
  try {
    return JSON.parse(stdout) as RunOutput;
  } catch {
    // It was killed, or refused before it began.
    return null;
  }
}

function countRejections(ends: readonly BfmEnd[], tally: Tally): void {
  for (const { stdout, stderr } of ends) {
    if (/"target\.fence_lost"/.test(stdout + stderr)) tally.add('fence rejections told');
    if (/"target\.locked"/.test(stdout + stderr)) tally.add('turned away by a holder');
  }
}

/** A plain run, as a person or a pipeline would repeat it: while the last killed sessions end it may be turned away. */
async function converge(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { log }: RoundScene,
): Promise<void> {
  const patient = [...args, '--lock-wait', '60s'];
  const end = await runBfm(patient, environment);
  if (end.code !== 0) throw new Error(`does not converge, exit ${end.code}: ${end.stdout}\n${end.stderr}`);
  log('  converged');
}

async function check(
  { sea, tree, tally }: RoundScene,
  { verb, schemas, pids }: Pick<Phase, 'verb' | 'schemas'> & { readonly pids: readonly number[] },
): Promise<void> {
  const url = sea.server.url();
  const shaped = verb === 'up' ? { shaped: { schemas, as: await shapeOf(url, CLEAN) } } : {};
  const found = await findUnsound({
    url,
    ...shaped,
    unlogged: tree.unlogged,
    pids,
    // The pooler keeps sessions of earlier rounds.
    pooled: true,
    secrets: { canaries: [new URL(url).password], texts: [] },
  });
  const filled = verb === 'up' ? await misfilled(sea, tree, schemas) : [];
  if (found.length + filled.length > 0) throw new Error([...found, ...filled].join('\n'));
  const [counts] = await sea.query<{ takeovers: number; takings: number }>(TAKEOVERS, [schemas]);
  tally.add('takeovers', counts?.takeovers ?? 0);
  tally.add('takings', counts?.takings ?? 0);
}

/** A schema in which everything was applied in peace. */
const CLEAN = 'clean';

/** Backfills that did their rows twice or not at all. */
async function misfilled(
  sea: StormSea,
  { unlogged }: EffectTree,
  schemas: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const schema of schemas) {
    const rows = await sea.query<{ number: number; rows: number }>(
      `SELECT (id / 100000)::int AS number, count(*)::int AS rows FROM ${schema}.step_1 WHERE id >= 100000 GROUP BY 1`,
    );
    const wrong = rows.filter(({ rows: count }) => count !== 500);
    if (rows.length !== unlogged.length || wrong.length > 0) found.push(`${schema}: ${JSON.stringify(rows)}`);
  }
  return found;
}

/** Takings, and targets on which one run went on where another had begun. */
const TAKEOVERS = `
SELECT (SELECT sum(fence_token)::int FROM bfm.scope WHERE schema_name = ANY ($1::text[])) AS takings,
       count(*)::int AS takeovers
FROM (SELECT scope_id FROM bfm.event JOIN bfm.scope s USING (scope_id)
      WHERE s.schema_name = ANY ($1::text[]) AND s.retired_at IS NULL AND kind = 'applied'
      GROUP BY scope_id HAVING count(DISTINCT run_id) > 1) t`;

/** Applies everything once without a fault. */
export async function sailInPeace(sea: StormSea, tree: EffectTree): Promise<void> {
  const setup: Setup = { route: 'direct', keeper: 'postgresql' };
  const end = await runBfm(['up', '--sfm', tree.sfm, '--schema', CLEAN], sea.environment(setup));
  if (end.code !== 0) throw new Error(`no peace: ${end.stdout}\n${end.stderr}`);
  await until(async () => (await sea.query('SELECT 1')).length === 1, { what: 'the sea' });
}
