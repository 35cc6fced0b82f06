import { BACKENDS, isBfmError, parseConnectionName, parseSchemaName, type BackendName } from '@bfm/core';
import { join } from 'node:path';
import { loadConfiguration } from '../config/load-configuration.ts';
import { toMigrationName } from '../direct/migration-name.ts';
import type { NewCommandOptions } from '../options/option-types.ts';
import { selectBackends } from '../options/select-connections.ts';
import { usageError } from '../options/usage-error.ts';
import { createTerminal } from '../output/terminal.ts';
import { freshVersion } from '../starter/fresh-version.ts';
import { knownMigrations, type NamedMigration } from '../starter/known-migrations.ts';
import { newMigrationFiles } from '../starter/new-migration.ts';
import { writeNewFiles } from '../starter/write-new-files.ts';

/** `bfm new`: the pair of files that a migration begins as. Needs no database, and no settings. */
export async function runNew(text: string, options: NewCommandOptions): Promise<number> {
  const terminal = createTerminal({
    json: options.json ?? false,
    color: options.color,
    quiet: options.quiet ?? false,
  });
  const root = options.sfm ?? (await configuredRoot(options)) ?? 'sfm';
  const backend = oneBackend(options.backend);
  const known = knownMigrations(root);
  const connection = chooseConnection(options.connection, backend, known);
  const name = toMigrationName(text, backend);
  refuseTaken(name, connection, known);
  const schema = options.schema === undefined ? null : readSchema(options.schema);
  const bare = options.transaction === 'none';
  if (bare && backend !== 'postgresql') {
    throw usageError(`--transaction none says nothing to ${backend}`, 'leave it out');
  }
  const version = freshVersion(
    known.map((each) => each.version),
    new Date(),
  );
  const files = newMigrationFiles({ backend, connection, version, name, schema, bare });
  const { made } = writeNewFiles(root, files);
  terminal.data({ version, name, backend, connection, files: made.map((path) => join(root, path)) });
  const { print, look } = terminal.people;
  print(made.map((path) => `${look.paint.good(look.symbols.tick)} ${join(root, path)}`));
  return 0;
}

/** Settings that cannot be read keep nobody from writing a file. */
async function configuredRoot({ envFile, config }: NewCommandOptions): Promise<string | null> {
  try {
    const places = {
      own: process.env,
      envFile: envFile ?? null,
      config: config ?? null,
      directory: process.cwd(),
    };
    return (await loadConfiguration(places)).sfm;
  } catch (error) {
    if (!isBfmError(error)) throw error;
    return process.env['BFM_SFM_PATH'] ?? null;
  }
}

function oneBackend(texts: readonly string[] | undefined): BackendName {
  const [backend, second] = selectBackends(texts ?? []);
  if (second !== undefined) {
    throw usageError('a migration is for one kind of store', `give one --backend: ${BACKENDS.join(', ')}`);
  }
  return backend ?? 'postgresql';
}

function chooseConnection(
  given: readonly string[] | undefined,
  backend: BackendName,
  known: readonly NamedMigration[],
): string {
  const names = [
    ...new Set(known.filter((each) => each.backend === backend).map(({ connection }) => connection)),
  ];
  const candidates = given ?? names;
  const [name, second] = candidates;
  if (name === undefined || second !== undefined) {
    const found = names.length === 0 ? '' : `; there are ${names.join(', ')}`;
    throw usageError(
      `say which connection the migration is for${found}`,
      'add --connection NAME, such as core',
    );
  }
  const parsed = parseConnectionName(name);
  if (parsed.ok) return parsed.name;
  throw usageError(
    `--connection ${JSON.stringify(name)} is no name of a connection: ${parsed.reason}`,
    'write it in lower case, such as core',
  );
}

function refuseTaken(name: string, connection: string, known: readonly NamedMigration[]): void {
  const taken = known.find((each) => each.name === name && each.connection === connection);
  if (taken === undefined) return;
  throw usageError(
    `${connection} has a migration called ${name} already, ${taken.version}; nothing was written`,
    'give it another name, so that each can be spoken of by its name',
  );
}

function readSchema(texts: readonly string[]): string {
  const [text = '', second] = texts;
  if (second !== undefined) throw usageError('a migration names one schema', 'give --schema once');
  const schema = parseSchemaName(text);
  if (schema.ok) return schema.name;
  throw usageError(
    `--schema ${JSON.stringify(text)} is no name of a schema: ${schema.reason}`,
    'give another name',
  );
}
