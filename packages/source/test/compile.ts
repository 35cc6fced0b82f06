import { parseConnectionName, parseVersion, toMigrationId } from '@bfm/core';
import type { BackendName, Checksum, Fault, Migration, Script, ScriptExecution } from '@bfm/core';
import type { CompileResult } from '@bfm/engine';
import { createScriptCompiler, SCRIPT_LIMITS_DEFAULT, type ScriptLimits } from '../src/index.ts';
import { compilePostgresql } from '../src/postgresql/compile-postgresql.ts';

/** How files run when no directive says otherwise. */
const EXECUTION: ScriptExecution = {
  transaction: 'per-migration',
  lockTimeoutMs: null,
  statementTimeoutMs: null,
  batchSize: null,
  batchPauseMs: null,
  verify: null,
};

/** A script that was never a file. */
export function scriptOf(text: string, execution: Partial<ScriptExecution> = {}): Script {
  return {
    path: 'postgresql/core/20250101120000_a.up.sql',
    text,
    checksum: 'unused' as Checksum,
    execution: { ...EXECUTION, ...execution },
  };
}

/** A migration with nothing in it. */
export function migrationOf(backend: BackendName = 'postgresql'): Migration {
  const version = parseVersion('20250101120000');
  const connection = parseConnectionName('core');
  if (version === null || !connection.ok) throw new Error('the fixture is faulty');
  const parts = { version, name: 'a', backend, connection: connection.name };
  return {
    ...parts,
    id: toMigrationId(parts),
    schema: null,
    tags: {},
    dependencies: [],
    requires: { tables: [], schemas: [] },
    up: scriptOf('SELECT 1'),
    down: null,
  };
}

const compiler = await createScriptCompiler();

/** Compiles a text as a PostgreSQL migration. */
export function compileText(text: string, execution: Partial<ScriptExecution> = {}): CompileResult {
  return compiler.compile(migrationOf(), scriptOf(text, execution));
}

/** The statements' texts of a sound script. */
export function statementsOf(text: string, execution: Partial<ScriptExecution> = {}): readonly string[] {
  const result = compileText(text, execution);
  if (!result.ok) throw new Error(result.faults.map((fault) => fault.message).join('; '));
  return result.script.statements.map((statement) => statement.text);
}

/** The faults of a faulty script. */
export function faultsOf(
  text: string,
  execution: Partial<ScriptExecution> = {},
  limits: ScriptLimits = SCRIPT_LIMITS_DEFAULT,
): readonly Fault[] {
  const result = compilePostgresql(migrationOf(), scriptOf(text, execution), limits);
  return result.ok ? [] : result.faults;
}

/** `code line:column #statement`, for tables of cases. */
export function placesOf(faults: readonly Fault[]): string[] {
  return faults.map(({ code, where }) => {
    const statement = where.statement === undefined ? '' : ` #${where.statement}`;
    return `${code} ${where.line ?? 0}:${where.column ?? 0}${statement}`;
  });
}

/** Whether two texts mean the same to a backend. */
export function sameMeaning(applied: string, current: string, backend: BackendName = 'postgresql'): boolean {
  return compiler.sameMeaning(migrationOf(backend), applied, current);
}
