import { join } from 'node:path';
import { IDENTIFIER_BYTES_MAX, parseConnectionName, quoteWord, utf8Length } from '@bfm/core';
import { ledgerSetup } from '../direct/ledger-setup.ts';
import type { InitCommandOptions } from '../options/option-types.ts';
import { usageError } from '../options/usage-error.ts';
import { nextLine } from '../output/error-view.ts';
import { escapeLine } from '../output/escape.ts';
import { createTerminal, type Terminal } from '../output/terminal.ts';
import { toVersion } from '../starter/fresh-version.ts';
import { knownMigrations } from '../starter/known-migrations.ts';
import { starterFiles } from '../starter/starter-files.ts';
import { writeNewFiles } from '../starter/write-new-files.ts';

/** `bfm init`: what a project begins with, or with `--sql` what a DBA runs. Reaches no database. */
export function runInit(folder: string | undefined, options: InitCommandOptions): number {
  const terminal = createTerminal({
    json: options.json ?? false,
    color: options.color,
    quiet: options.quiet ?? false,
  });
  if (options.sql === true) return printSetup(folder, options, terminal);
  refuseRoles(options);
  return makeStarter(folder ?? '.', options, terminal);
}

function printSetup(
  folder: string | undefined,
  options: InitCommandOptions,
  { json, data }: Terminal,
): number {
  if (folder !== undefined || options.connection !== undefined) {
    throw usageError('--sql prints SQL and makes no files', 'leave the folder and --connection out');
  }
  const { owner = null, migrator = [], reader = [] } = options;
  for (const role of [owner, ...migrator, ...reader]) if (role !== null) requireRole(role);
  const sql = ledgerSetup({ owner, migrators: migrator, readers: reader });
  data({ sql });
  // It is what was asked for, also with --quiet: it goes into a file or to psql.
  if (!json) process.stdout.write(sql);
  return 0;
}

function makeStarter(
  folder: string,
  { connection = 'core' }: InitCommandOptions,
  terminal: Terminal,
): number {
  const name = parseConnectionName(connection);
  if (!name.ok) {
    throw usageError(
      `--connection ${JSON.stringify(connection)} is no name of a connection: ${name.reason}`,
      'write it in lower case, such as core',
    );
  }
  const example = knownMigrations(join(folder, 'sfm')).length === 0;
  const files = starterFiles({ connection: name.name, version: toVersion(new Date()), example });
  const { made, kept } = writeNewFiles(folder, files);
  terminal.data({ folder, made, kept });
  const { print, look } = terminal.people;
  const { paint, symbols } = look;
  print([
    ...made.map((path) => `${paint.good(symbols.tick)} ${escapeLine(join(folder, path))}`),
    ...kept.map(
      (path) =>
        `${paint.dim(symbols.skip)} ${escapeLine(join(folder, path))} ${paint.dim('is there already, and stays as it is')}`,
    ),
  ]);
  const enter = folder === '.' ? '' : `cd ${quoteWord(folder)}, then `;
  print([
    nextLine(
      `${enter}put the address of your database into .env (see .env.example), then look: bfm plan --env-file .env`,
      look,
    ),
  ]);
  return 0;
}

/** PostgreSQL would cut longer names short, and what cannot be seen belongs in no script. */
function requireRole(name: string): void {
  if (name !== '' && utf8Length(name) <= IDENTIFIER_BYTES_MAX && !/\p{Cc}|\$owner\$/u.test(name)) return;
  throw usageError(
    `${JSON.stringify(name)} is no name of a role that this can write: 1 to ${IDENTIFIER_BYTES_MAX} bytes, all of them visible`,
    'give the name of a role that exists',
  );
}

function refuseRoles({ owner, migrator, reader }: InitCommandOptions): void {
  if (owner === undefined && migrator === undefined && reader === undefined) return;
  throw usageError('--owner, --migrator and --reader are for the SQL that --sql prints', 'add --sql');
}
