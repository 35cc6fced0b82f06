/**
 * `npm start`: a complete demo from nothing. Starts an embedded PostgreSQL with its data under .bfm/, builds the command
 * line tool, migrates the fixed schemas and two tenant environments with it, and stays up until Ctrl-C.
 */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { AlreadyRunningError, EmbeddedPostgresError, type EmbeddedPostgres } from '@bfm/embedded';
import { runCommand, type Command } from './start/command.ts';
import { addDemoEnvironments, createDemoDatabase } from './start/demo-data.ts';
import { DEMO_DATABASE, demoEnvironment, writeEnvFile } from './start/env-file.ts';
import { Interruption, Interrupted } from './start/interruption.ts';
import { createOutput, showsUnicode } from './start/output.ts';
import { startServer } from './start/server.ts';

const ROOT = join(import.meta.dirname, '..');
const EXIT_CONFLICT = 5;
const EXIT_UNAVAILABLE = 8;
const EXIT_INTERRUPTED = 130;
/** Nobody reads hundreds of statements of a demo; what goes wrong is told all the same. */
const QUIETLY = ['--quiet'];

const output = createOutput(process.stdout, showsUnicode(process.env));
const interruption = new Interruption(process, {
  watchParent: process.env['npm_lifecycle_event'] !== undefined,
});

/** A command of the demo failed and has already said why. */
class CommandFailed extends Error {
  readonly exitCode: number;

  constructor(command: Command, exitCode: number) {
    super(`"${command.shown}" ended with exit code ${String(exitCode)}`);
    this.exitCode = exitCode;
  }
}

async function run(command: Command): Promise<void> {
  const exitCode = await runCommand(command, interruption);
  if (exitCode !== 0) throw new CommandFailed(command, exitCode);
}

async function bfm(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Promise<string> {
  const shown = `npx bfm ${args.join(' ')}`;
  const script = join(ROOT, 'apps', 'cli', 'bin', 'bfm.cjs');
  await run({ shown, args: [script, ...args, ...more], cwd: ROOT, environment, stdio: 'inherit' });
  return shown;
}

async function build(): Promise<string> {
  const script = join(ROOT, 'scripts', 'build.ts');
  await run({ shown: 'npm run build', args: [script], cwd: ROOT, environment: {}, stdio: 'errors-only' });
  return 'npx bfm, or node apps/cli/bin/bfm.cjs';
}

async function prepare(server: EmbeddedPostgres): Promise<void> {
  const environment = demoEnvironment(server.url(DEMO_DATABASE));
  await output.phase('Command line tool', build);
  await output.phase('Demo database', async () => {
    await createDemoDatabase(server);
    await writeEnvFile(join(ROOT, '.bfm', 'env'), environment);
    return `${DEMO_DATABASE}, its address in .bfm/env`;
  });
  await output.phase('Fixed schemas', () => bfm(['up'], environment, QUIETLY));
  await output.phase('Demo environments', () => addDemoEnvironments(server.url(DEMO_DATABASE)));
  const forTenants = ['up', '--all-tenants', '--create-schemas'];
  await output.phase('Tenant schemas', () => bfm(forTenants, environment, QUIETLY));
  output.command('npx bfm status');
  await bfm(['status'], environment);
}

function explain(server: EmbeddedPostgres): void {
  output.next([
    ['npx bfm status', 'what is applied where'],
    ['npx bfm plan --schema cli_new', 'what a new tenant would get'],
    ['npx bfm history', 'what was done, when and by whom'],
  ]);
  output.facts([
    ['PostgreSQL', `postgres://${server.user}@${server.host}:${String(server.port)}/${DEMO_DATABASE}`],
    ['password', 'in .bfm/postgres/password, and in .bfm/env for bfm'],
    ['server log', '.bfm/postgres/server.log'],
  ]);
  output.line('What bfm says to type next begins with bfm: in this folder, that is npx bfm.');
  output.line('Running until Ctrl-C. Data stays in .bfm/postgres.');
}

/** Prepares the demo and holds it; returns the exit code. The server is stopped whatever happens. */
async function hold(server: EmbeddedPostgres): Promise<number> {
  try {
    await prepare(server);
    explain(server);
    const ending = await Promise.race([interruption.requested, server.exited]);
    if (typeof ending === 'string') return 0;
    output.failure(`PostgreSQL ended by itself. Its log is ${server.logFile}.`);
    return EXIT_UNAVAILABLE;
  } finally {
    await server.stop();
    output.line('PostgreSQL is stopped; nothing is left running.');
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT_INTERRUPTED;
  if (error instanceof CommandFailed) {
    output.failure(`${error.message}; what was done before it is kept.`);
    return error.exitCode;
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
