import type { BackendName, Fault, Migration, Script } from '@bfm/core';
import type { CompileResult, ScriptCompiler } from '@bfm/engine';
import { sameMeaningEtcd } from './etcd/same-meaning.ts';
import { compilePostgresql } from './postgresql/compile-postgresql.ts';
import { loadParser } from './postgresql/parse.ts';
import { SCRIPT_LIMITS_DEFAULT, type ScriptLimits } from './postgresql/script-limits.ts';
import { sameMeaningPostgresql } from './postgresql/same-meaning.ts';

/**
 * Loads PostgreSQL's parser (once per process) and gives the compiler. What it gives is synchronous, pure and may be
 * shared. Scripts of backends without an engine yet are answered with `backend.capability_missing`.
 */
export async function createScriptCompiler(
  limits: ScriptLimits = SCRIPT_LIMITS_DEFAULT,
): Promise<ScriptCompiler> {
  await loadParser();
  return {
    compile: (migration, script) =>
      migration.backend === 'postgresql'
        ? compilePostgresql(migration, script, limits)
        : refuseBackend(migration, script),
    sameMeaning: (migration, applied, current) => sameMeaningOf(migration.backend, applied, current),
  };
}

function sameMeaningOf(backend: BackendName, applied: string, current: string): boolean {
  switch (backend) {
    case 'postgresql':
      return sameMeaningPostgresql(applied, current);
    case 'etcd':
      return sameMeaningEtcd(applied, current);
    case 'greptimedb':
      return applied === current;
  }
}

function refuseBackend(migration: Migration, script: Script): CompileResult {
  const fault: Fault = {
    code: 'backend.capability_missing',
    message: `migrations of ${migration.backend} cannot be run by this version of BFM`,
    where: { file: script.path, connection: migration.connection, migration_id: migration.id },
    mend: 'leave this connection out with `--connection` or `--backend`',
  };
  return { ok: false, faults: [fault] };
}
