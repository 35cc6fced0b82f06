/**
 * `npm start`: a complete demo from nothing. Starts an embedded PostgreSQL with its data under .bfm/, builds the command
 * line tool, starts the server, migrates the fixed schemas and two tenant environments over its API, and stays up until
 * Ctrl-C.
 */
import { randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AlreadyRunningError,
  EmbeddedPostgresError,
  ensurePrivateFile,
  type EmbeddedPostgres,
} from '@bfm/embedded';
import { demoApi, type DemoApi } from './start/api.ts';
import { startBfmServer, type BfmServer } from './start/bfm-server.ts';
import { runCommand, type Command } from './start/command.ts';
import { addDemoEnvironments, createDemoDatabase, TENANT_SCHEMAS } from './start/demo-data.ts';
import { DEMO_DATABASE, demoEnvironment, STATE_DATABASE, writeEnvFile } from './start/env-file.ts';
import { Interruption, Interrupted } from './start/interruption.ts';
import { createOutput, showsUnicode } from './start/output.ts';
import { startServer } from './start/server.ts';

const ROOT = join(import.meta.dirname, '..');
const EXIT_FAILED = 1;
const EXIT_CONFLICT = 5;
const EXIT_UNAVAILABLE = 8;
const EXIT_INTERRUPTED = 130;
const SCRIPT = join(ROOT, 'apps', 'cli', 'bin', 'bfm.cjs');
const TOKEN_FILE = join(ROOT, '.bfm', 'token');
const LOG_FILE = join(ROOT, '.bfm', 'server.log');

const output = createOutput(process.stdout, showsUnicode(process.env));
const interruption = new Interruption(process, {
  watchParent: process.env['npm_lifecycle_event'] !== undefined,
});

/** A command of the demo failed and has already said why. */
class CommandFailed extends Error {
  readonly exitCode: number;

  constructor(shown: string, exitCode: number) {
    super(`"${shown}" ended with exit code ${String(exitCode)}`);
    this.exitCode = exitCode;
  }
}

/** What was asked of the server did not succeed. */
class RequestFailed extends Error {}

async function run(command: Command): Promise<void> {
  const exitCode = await runCommand(command, interruption);
  if (exitCode !== 0) throw new CommandFailed(command.shown, exitCode);
}

async function bfm(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const shown = `npx bfm ${args.join(' ')}`;
  await run({ shown, args: [SCRIPT, ...args], cwd: ROOT, environment, stdio: 'inherit' });
  return shown;
}

async function build(): Promise<string> {
  const script = join(ROOT, 'scripts', 'build.ts');
  await run({ shown: 'npm run build', args: [script], cwd: ROOT, environment: {}, stdio: 'errors-only' });
  return 'npx bfm, or node apps/cli/bin/bfm.cjs';
}

/** A demo that is up. */
interface Demo {
  readonly postgres: EmbeddedPostgres;
  readonly server: BfmServer;
  readonly token: string;
}

async function prepare(postgres: EmbeddedPostgres): Promise<Demo> {
  const stateUrl = postgres.url(STATE_DATABASE);
  const environment = demoEnvironment(postgres.url(DEMO_DATABASE), { stateUrl, tokenFile: TOKEN_FILE });
  const token = await ensurePrivateFile(TOKEN_FILE, randomBytes(32).toString('base64url'));
  await output.phase('Command line tool', build);
  await output.phase('Demo databases', async () => {
    await createDemoDatabase(postgres);
    await writeEnvFile(join(ROOT, '.bfm', 'env'), environment);
    return `${DEMO_DATABASE} and ${STATE_DATABASE}, their addresses in .bfm/env`;
  });
  const server = await output.phase('Server', () => startDemoServer(environment), addressOf);
  try {
    await fill(postgres, demoApi(addressOf(server), token, interruption.signal));
    output.command('npx bfm status');
    await bfm(['status'], environment);
    return { postgres, server, token };
  } catch (error) {
    await end(server);
    throw error;
  }
}

/** Migrates everything over the API, as any script would. */
async function fill(postgres: EmbeddedPostgres, api: DemoApi): Promise<void> {
  const up = async (
    name: string,
    connections: readonly string[],
    schemas: readonly string[],
  ): Promise<void> => {
    await output.phase(name, async () => {
      const told: string[] = [];
      for (const connection of connections) {
        const done = await api.up(connection, schemas).catch((error: unknown) => {
          interruption.check();
          throw new RequestFailed(error instanceof Error ? error.message : String(error));
        });
        told.push(`${connection}: ${done}`);
      }
      return told.join(', ');
    });
  };
  await up('Fixed schemas', ['core', 'guard'], []);
  await output.phase('Demo environments', () => addDemoEnvironments(postgres.url(DEMO_DATABASE)));
  await up('Tenant schemas', ['organization'], TENANT_SCHEMAS);
}

async function startDemoServer(environment: Readonly<Record<string, string>>): Promise<BfmServer> {
  interruption.check();
  const server = await startBfmServer({ script: SCRIPT, cwd: ROOT, environment, logFile: LOG_FILE });
  if (typeof server === 'number') throw new CommandFailed('npx bfm serve', server);
  return server;
}

function addressOf({ httpPort }: BfmServer): string {
  return `http://127.0.0.1:${String(httpPort)}`;
}

async function end(server: BfmServer): Promise<void> {
  server.stop('SIGTERM');
  await server.exited;
}

function explain({ postgres, server, token }: Demo): void {
  const address = addressOf(server);
  output.next([
    [`curl -H "Authorization: Bearer $(cat .bfm/token)" ${address}/api/v1/migrations`, 'what there is'],
    ['npx bfm status', 'what is applied where'],
    ['npx bfm plan --schema cli_new', 'what a new tenant would get'],
    ['npx bfm history', 'what was done, when and by whom'],
  ]);
  output.facts([
    ['HTTP', address],
    ['gRPC', `127.0.0.1:${String(server.grpcPort)}`],
    ['admin token', `${token} (kept in .bfm/token)`],
    ['PostgreSQL', `postgres://${postgres.user}@${postgres.host}:${String(postgres.port)}/${DEMO_DATABASE}`],
    ['password', 'in .bfm/postgres/password, and in .bfm/env for bfm'],
    ['logs', '.bfm/server.log, .bfm/postgres/server.log'],
  ]);
  output.line('What bfm says to type next begins with bfm: in this folder, that is npx bfm.');
  output.line('Running until Ctrl-C. Data stays in .bfm/postgres.');
}

/** Prepares the demo and holds it; returns the exit code. Both servers are stopped whatever happens. */
async function hold(postgres: EmbeddedPostgres): Promise<number> {
  try {
    const demo = await prepare(postgres);
    explain(demo);
    const ending = await Promise.race([interruption.requested, postgres.exited, demo.server.exited]);
    await end(demo.server);
    if (typeof ending === 'string') return 0;
    const which =
      typeof ending === 'number'
        ? `bfm serve ended by itself. Its log is ${LOG_FILE}.`
        : `PostgreSQL ended by itself. Its log is ${postgres.logFile}.`;
    output.failure(which);
    return EXIT_UNAVAILABLE;
  } finally {
    await postgres.stop();
    output.line('PostgreSQL is stopped; nothing is left running.');
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT_INTERRUPTED;
  if (error instanceof CommandFailed) {
    output.failure(`${error.message}; what was done before it is kept.`);
    return error.exitCode;
  }
  if (error instanceof RequestFailed) {
    output.failure(error.message);
    return EXIT_FAILED;
  }
  if (error instanceof AlreadyRunningError) {
    const { pid, port } = error;
    output.failure(
      `The demo is running already: PostgreSQL has pid ${String(pid)} and port ${String(port)}.`,
    );
    output.line('Use it with "npx bfm status", or end it with Ctrl-C in its terminal.');
    return EXIT_CONFLICT;
  }
  if (error instanceof EmbeddedPostgresError) {
    output.failure(error.message);
    return EXIT_UNAVAILABLE;
  }
  throw error;
}

async function main(): Promise<number> {
  try {
    output.title('BFM demo');
    const server = await output.phase('PostgreSQL', () => startServer(ROOT, tell), describe);
    await showRealPlace(server);
    return await hold(server);
  } catch (error) {
    return exitCodeOf(error);
  }
}

function tell(notice: string): void {
  output.line(`  ${notice}`);
}

/** Root's server may have had to put its files elsewhere. */
async function showRealPlace(server: EmbeddedPostgres): Promise<void> {
  const requested = join(await realpath(join(ROOT, '.bfm')), 'postgres');
  if (server.directory !== requested) output.line(`  .bfm/postgres links to ${server.directory}`);
}

function describe(server: EmbeddedPostgres): string {
  return `${server.host}:${String(server.port)}, pid ${String(server.pid)}, data in .bfm/postgres`;
}

process.exitCode = await main();
// A second Ctrl-C is no longer needed once all is done.
interruption.release();
