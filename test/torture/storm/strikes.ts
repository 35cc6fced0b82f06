import { setTimeout as delay } from 'node:timers/promises';
import { freeze, until } from '@bfm/testing';
import type { Chance } from './chance.ts';
import type { Crew, Sailor } from './crew.ts';
import { TTL_SECONDS, type Setup, type StormSea } from './storm-sea.ts';
import type { Tally } from './tally.ts';

/** What a strike may use. */
export interface StrikeScene {
  readonly sea: StormSea;
  readonly crew: Crew;
  readonly chance: Chance;
  readonly tally: Tally;
  readonly setup: Setup;
  readonly schemas: readonly string[];
}

/** A fault that may happen in a storm. */
export interface Strike {
  readonly name: string;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  /** Makes it happen; false when there was nothing to be struck. */
  readonly happen: (scene: StrikeScene) => Promise<boolean>;
}

function victim({ crew, chance }: StrikeScene): Sailor | null {
  const [first, ...others] = crew.alive();
  return first === undefined ? null : chance.of([first, ...others]);
}

/** Somebody who was killed is soon replaced, as a supervisor would. */
async function kill(scene: StrikeScene): Promise<boolean> {
  const struck = victim(scene);
  if (struck === null) return false;
  struck.process.child.kill('SIGKILL');
  await struck.process.ended;
  if (scene.chance.happens(0.6)) scene.crew.join();
  return true;
}

async function terminate(scene: StrikeScene): Promise<boolean> {
  const struck = victim(scene);
  struck?.process.child.kill('SIGTERM');
  if (struck !== null && scene.chance.happens(0.3)) struck.process.child.kill('SIGTERM');
  return Promise.resolve(struck !== null);
}

/** Frozen for longer than its lease lasts, with somebody there to take over. */
async function freezeLong(scene: StrikeScene): Promise<boolean> {
  const struck = victim(scene);
  if (struck === null) return false;
  // It may end at this very moment.
  const frozen = await freeze(struck.pid).catch(() => null);
  if (frozen === null) return false;
  scene.crew.join();
  await delay((TTL_SECONDS + 1) * 1000);
  frozen.thaw();
  return true;
}

async function endBackend({ sea, chance }: StrikeScene): Promise<boolean> {
  const [first, ...others] = await sea.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'bfm' AND pid <> pg_backend_pid()`,
  );
  if (first === undefined) return false;
  await sea.query('SELECT pg_terminate_backend($1)', [chance.of([first, ...others]).pid]);
  return true;
}

/** Somebody takes a target who asks no lock: as a second run would whose locks are wrong. */
async function stealFence({ sea, crew, chance, schemas }: StrikeScene): Promise<boolean> {
  // While a transaction is under way, even a thief is turned away.
  for (let tries = 0; tries < 20 && crew.alive().length > 0; tries += 1) {
    const schema = schemas[chance.between(0, schemas.length - 1)];
    const [found] = await sea.query<{ ok: boolean }>(STEAL, [schema]);
    if (found?.ok === true) return true;
  }
  return false;
}

/** Only from somebody who is at work there. */
const STEAL = `
SELECT count(f.o_token) > 0 AS ok FROM bfm.scope s,
  LATERAL bfm.take_fence(s.connection, s.schema_name, 'nobody (thief)', s.database_identity) f
WHERE s.retired_at IS NULL AND s.schema_name = $1 AND EXISTS (
  SELECT FROM pg_locks l WHERE l.locktype = 'advisory'
    AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('bfm ' || s.schema_name, 0))`;

function cutConnections({ sea }: StrikeScene): Promise<boolean> {
  const struck = sea.proxy.open > 0;
  sea.proxy.drop();
  return Promise.resolve(struck);
}

/** The next COMMIT does not arrive, or is done and nobody hears of it. */
function cutAtCommit({ sea, chance }: StrikeScene): Promise<boolean> {
  const at = chance.of<'request' | 'reply'>(['request', 'reply']);
  sea.proxy.arm({ on: 'commit', at, nth: chance.between(1, 6) }, 'cut');
  return Promise.resolve(true);
}

async function blackhole({ sea, chance }: StrikeScene): Promise<boolean> {
  sea.proxy.blackhole(chance.of(['both', 'to-server', 'to-client']));
  await delay(chance.between(200, 1_500));
  // What was held passes late, or never.
  if (chance.happens(0.5)) sea.proxy.drop();
  sea.proxy.heal();
  return true;
}

async function slowNetwork({ sea, chance }: StrikeScene): Promise<boolean> {
  sea.proxy.delay(chance.between(5, 60));
  await delay(chance.between(200, 1_000));
  sea.proxy.delay(0);
  return true;
}

async function restartServer({ sea, chance }: StrikeScene): Promise<boolean> {
  await sea.server.die(chance.of(['fast', 'immediate', 'crash']));
  await delay(chance.between(0, 500));
  await sea.server.revive();
  return true;
}

/** The lock provider is away, for longer or shorter than leases last. */
async function partLocks({ sea, chance, setup: { keeper } }: StrikeScene): Promise<boolean> {
  if (keeper !== 'etcd' && keeper !== 'redis') return false;
  const proxy = sea.lockProxies[keeper];
  if (chance.happens(0.5)) proxy.drop();
  else proxy.blackhole(chance.of(['both', 'to-server', 'to-client']));
  await delay(chance.between(100, (TTL_SECONDS + 1) * 1000));
  proxy.heal();
  return true;
}

/** Somebody deletes all leases. */
async function loseLeases({ sea, setup: { keeper } }: StrikeScene): Promise<boolean> {
  if (keeper !== 'postgresql') return false;
  await until(
    () =>
      sea.query('TRUNCATE bfm_lock.lease').then(
        () => true,
        () => true,
      ),
    { what: 'no leases' },
  );
  return true;
}

/** All that may happen. */
export const STRIKES: readonly [Strike, ...Strike[]] = [
  { name: 'kill -9', weight: 6, happen: kill },
  { name: 'SIGTERM', weight: 2, happen: terminate },
  { name: 'freeze past the lease', weight: 1.5, happen: freezeLong },
  { name: 'backend terminated', weight: 3, happen: endBackend },
  { name: 'fence stolen', weight: 3, happen: stealFence },
  { name: 'connections cut', weight: 2, happen: cutConnections },
  { name: 'cut at a COMMIT', weight: 4, happen: cutAtCommit },
  { name: 'blackhole', weight: 1.5, happen: blackhole },
  { name: 'slow network', weight: 1, happen: slowNetwork },
  { name: 'server restarted', weight: 1, happen: restartServer },
  { name: 'lock provider away', weight: 2, happen: partLocks },
  { name: 'leases deleted', weight: 1.5, happen: loseLeases },
];
