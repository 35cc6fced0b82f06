import { join } from 'node:path';
import { CONNECTION, writeLayouts } from '../layout.ts';
import { DEFAULT_CONNECTIONS } from '../options.ts';
import { namesOf } from '../programs.ts';
import { SHORT_REPEATS, trial, type Suite, type SuiteInit, type Trial } from '../suite.ts';
import { makeTenants } from '../tenants.ts';
import { generateTrivial } from '../workload.ts';

/** Gives every other target the ledger of the one that was really migrated: five million rows one by one take an hour. */
const CLONE = [
  `
ALTER TABLE bfm.ledger DISABLE TRIGGER ALL;
INSERT INTO bfm.scope (connection, schema_name, schema_oid, database_identity, fence_token, fence_holder, digest)
SELECT s.connection, n.nspname, n.oid, s.database_identity, s.fence_token, s.fence_holder, s.digest
FROM bfm.scope s JOIN pg_catalog.pg_namespace n ON n.nspname LIKE 'tenant\\_%' AND n.nspname <> s.schema_name;
INSERT INTO bfm.ledger (scope_id, migration_id, revision_id, status, run_id, changed_at)
SELECT s.scope_id, l.migration_id, l.revision_id, l.status, l.run_id, l.changed_at
FROM bfm.scope s, bfm.ledger l WHERE s.scope_id <> l.scope_id;
ALTER TABLE bfm.ledger ENABLE ALWAYS TRIGGER digest_row, ENABLE ALWAYS TRIGGER digest_truncated`,
  'VACUUM ANALYZE',
];

/** W5: looking at very many targets with long histories, and finding nothing to do. */
export class ManyTargetsSuite implements Suite {
  readonly name = 'w5';
  readonly title: string;
  readonly reference = 'node -e 0';
  readonly roundsMax = Infinity;
  readonly #init: SuiteInit;
  #bfm: ((command: string) => Trial) | null = null;

  constructor(init: SuiteInit) {
    this.#init = init;
    const { targets, migrationsPerTarget } = init.sizes;
    this.title = `${targets} targets with ${migrationsPerTarget} migrations applied in each`;
  }

  async prepare(): Promise<void> {
    const { folder, sizes, programs, databases, run } = this.#init;
    const files = await writeLayouts(join(folder, 'w5'), generateTrivial(sizes.migrationsPerTarget));
    const tenants = await makeTenants(folder, sizes.targets);
    const url = await databases.make({ name: 'w5', schemas: namesOf(tenants) });
    const connections = DEFAULT_CONNECTIONS;
    const one = ['up', '--yes', '--connection', CONNECTION, '--schema', 'tenant_1', '--commit', 'per-target'];
    await run(programs.bfm(url, files.sfm, { args: one, connections }));
    for (const step of CLONE) await databases.run(url, step);
    this.#bfm = (command) =>
      trial(
        `bfm ${command}`,
        () =>
          programs.bfm(url, files.sfm, {
            args: [command, ...tenants.args, ...(YES[command] ?? [])],
            connections,
          }),
        { repeats: SHORT_REPEATS },
      );
  }

  trials(): Promise<readonly Trial[]> {
    const bfm = this.#bfm;
    if (bfm === null) throw new Error('prepare first');
    const node = trial('node -e 0', () => this.#init.programs.node(), { repeats: SHORT_REPEATS });
    return Promise.resolve([node, bfm('status'), bfm('plan'), bfm('up')]);
  }

  extras(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }
}

const YES: Readonly<Record<string, readonly string[]>> = { up: ['--yes'] };
