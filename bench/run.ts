/**
 * `npm run bench`: what BFM takes, beside the least that any tool could.
 *
 *     npm run bench                     three rounds of everything; takes a quarter of an hour
 *     npm run bench -- --rounds 5
 *     npm run bench -- --quick          small workloads, one round: shows that it works, says little
 *     npm run bench -- --only w1        only contenders whose names hold this
 *
 * BFM_BENCH_URL names a server (a superuser's URL); without it, an embedded one is started. BFM_BENCH_FLOOR names the
 * source of the floor. docs/performance.md says what is measured and what was found.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { launcherOf, makeContenders, type Arena } from './contenders.ts';
import { Databases } from './databases.ts';
import { compileFloor, MissingToolError } from './floor.ts';
import { judgeGoals } from './goals.ts';
import { CONNECTION, writeLayouts } from './layout.ts';
import { Stopwatch } from './measure.ts';
import { readOptions, type BenchOptions } from './options.ts';
import { renderGoals, renderTable, toRows } from './report.ts';
import { databaseName, runRounds } from './rounds.ts';
import { startServer } from './server.ts';
import { generateMigrations } from './workload.ts';

const ROOT = join(import.meta.dirname, '..');
const RESULTS = join(ROOT, 'bench', 'results', 'latest.json');
const FLOOR_SOURCE = process.env['BFM_BENCH_FLOOR'] ?? join(ROOT, '..', 'shared', 'bench', 'floor.c');

/** What the no-op of a fleet cannot do without: reading every ledger of a database. */
const LEDGER_QUERY = 'SELECT scope_id, migration_id, revision_id, status FROM bfm.ledger';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const folder = await mkdtemp(join(tmpdir(), 'bfm-bench-'));
  try {
    const floor = await compileFloor(FLOOR_SOURCE, folder);
    await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'build.ts')], { cwd: ROOT });
    const { oneSchema, fleet } = await makeArenas(folder, options);
    const programs = { floor, node: process.execPath, bfm: launcherOf(ROOT) };
    const contenders = makeContenders(programs, { oneSchema, fleet, connections: options.connections });
    await measure({ options, folder, contenders, arenas: [oneSchema, fleet] });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeArenas(
  folder: string,
  { migrations, tenants, migrationsPerTenant }: BenchOptions,
): Promise<{ readonly oneSchema: Arena; readonly fleet: Arena }> {
  const oneSchemaFiles = await writeLayouts(join(folder, 'w1'), generateMigrations(migrations));
  const fleetFiles = await writeLayouts(join(folder, 'w2'), generateMigrations(migrationsPerTenant));
  const list = join(folder, 'tenants.txt');
  await writeFile(list, tenantNames(tenants).join('\n'));
  return {
    oneSchema: {
      files: oneSchemaFiles,
      template: 'w1_template',
      schemaFormat: 'app_%d',
      schemas: 1,
      schemaArgs: ['--schema', 'app_1'],
    },
    fleet: {
      files: fleetFiles,
      template: 'w2_template',
      schemaFormat: 'tenant_%d',
      schemas: tenants,
      schemaArgs: ['--connection', CONNECTION, '--schemas-from', list],
    },
  };
}

function tenantNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `tenant_${index + 1}`);
}

async function measure({
  options,
  folder,
  contenders,
  arenas,
}: {
  readonly options: BenchOptions;
  readonly folder: string;
  readonly contenders: ReturnType<typeof makeContenders>;
  readonly arenas: readonly Arena[];
}): Promise<void> {
  await using server = await startServer(process.env['BFM_BENCH_URL']);
  await using databases = await Databases.open(server);
  const settings = `${server.description}; ${await databases.describe()}`;
  console.log(`${settings}\n${JSON.stringify(options)}`);
  for (const { template, schemaFormat, schemas } of arenas) {
    const names = Array.from({ length: schemas }, (_, index) =>
      schemaFormat.replace('%d', String(index + 1)),
    );
    await databases.makeTemplate({ name: template, schemas: names });
  }
  const chosen = contenders.filter(({ name, database }) =>
    [name, database.kind === 'of' ? database.contender : ''].some((text) => text.includes(options.only)),
  );
  const results = await runRounds({
    contenders: chosen,
    rounds: options.rounds,
    databases,
    stopwatch: await Stopwatch.create(folder),
    report: (line) => {
      console.log(line);
    },
  });
  const hasFleet = chosen.some(({ name }) => name === 'w2 bfm-4');
  const finished = server.url(`bfm_bench_${databaseName('w2 bfm-4', options.rounds)}`);
  const ledgerQuerySeconds = hasFleet ? await databases.timeQuery(finished, LEDGER_QUERY) : null;
  const rows = toRows(results);
  const goals = judgeGoals(results, ledgerQuerySeconds);
  console.log(`\n${renderTable(rows)}\n\n${renderGoals(goals)}`);
  await mkdir(join(RESULTS, '..'), { recursive: true });
  const document = { settings, options, ledgerQuerySeconds, rows, goals };
  await writeFile(RESULTS, `${JSON.stringify(document, null, 2)}\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof MissingToolError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
