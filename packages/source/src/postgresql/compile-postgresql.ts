import { placeAt, type CompiledScript, type Fault, type Migration, type Script } from '@bfm/core';
import type { CompileResult } from '@bfm/engine';
import { scriptFault, type ScriptFaultInit } from '../script-faults.ts';
import { findBatchFaults } from './batch-rules.ts';
import { SCRIPT_FAULTS_MAX } from './diagnose.ts';
import { warnOfLookalikes, type placeholderIn } from './literal-placeholders.ts';
import { markPlaceholders, type MarkedScript } from './placeholders.ts';
import { cutIntoChunks } from './script-chunks.ts';
import { SCRIPT_LIMITS_DEFAULT, type ScriptLimits } from './script-limits.ts';
import { ScriptReader } from './script-reader.ts';
import { checkVerify } from './verify-rules.ts';

/**
 * Cuts a PostgreSQL script into statements and checks each. Statements keep their placeholders; comments before and
 * after a statement, and its semicolon, are not part of it. Never throws for faulty input; see the port for what is
 * refused. `libpg-query` must have been loaded.
 */
export function compilePostgresql(
  migration: Migration,
  script: Script,
  limits: ScriptLimits = SCRIPT_LIMITS_DEFAULT,
): CompileResult {
  const marked = markPlaceholders(script.text, script.execution.batchSize !== null);
  const reader = new ScriptReader(script, marked, limits);
  for (const chunk of cutIntoChunks(marked.text)) {
    if (!reader.read(chunk)) break;
  }
  const faults = [...reader.faults];
  if (faults.length === 0) faults.push(...findFaultsOfWhole(reader, script, marked));
  const verify = checkVerify(script);
  if (verify.fault !== null) faults.push(verify.fault);
  const [first, ...rest] = faults.map((init): Fault => scriptFault(script, migration.id, init));
  if (first !== undefined) return { ok: false, faults: [first, ...rest] };
  const { statements, unqualified } = reader;
  const literalPlaceholder = toLiteralPlaceholder(script, reader.literalPlaceholder ?? verify.placeholder);
  return {
    ok: true,
    script: { statements, literalPlaceholder, unqualified: unqualified.names() },
    warnings: toWarnings(migration, script, reader),
  };
}

function toLiteralPlaceholder(
  { text }: Script,
  found: ReturnType<typeof placeholderIn>,
): CompiledScript['literalPlaceholder'] {
  return found === null ? null : { placeholder: found.placeholder, ...placeAt(text, found.index) };
}

function toWarnings({ id }: Migration, script: Script, { warnings }: ScriptReader): readonly Fault[] {
  return [...warnings, ...warnOfLookalikes(script.text)]
    .slice(0, SCRIPT_FAULTS_MAX)
    .map((init) => scriptFault(script, id, { ...init, code: 'source.suspicious' }));
}

/** What is wrong with a script all of whose statements are sound. */
function findFaultsOfWhole(
  reader: ScriptReader,
  script: Script,
  marked: MarkedScript,
): readonly ScriptFaultInit[] {
  if (reader.statements.length === 0) return [EMPTY];
  return [...reader.roles.faults(), ...findBatchFaults(script, marked, reader.batchStatements)];
}

const EMPTY: ScriptFaultInit = {
  code: 'migration.empty',
  index: 0,
  message: 'the migration holds no statement',
  mend: 'write the change, or remove the file; a migration that only marks a point can be `SELECT 1;`',
};
