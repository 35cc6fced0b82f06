import type {
  CompiledScript,
  Direction,
  Fault,
  Migration,
  PlanStep,
  SchemaName,
  Script,
  ScriptExecution,
  StepDependency,
  StepKind,
} from '@bfm/core';
import type { ScriptCompiler } from '../ports/script-compiler.ts';

/** Turns migrations into steps; every script is compiled once, every fault is kept. */
export interface StepCompiler {
  /** A step, or `null` when the migration's script is faulty or missing; the reason is then in `faults`. */
  step(migration: Migration, options: StepOptions): PlanStep | null;
  readonly faults: readonly Fault[];
  /** What is odd about the scripts of the steps made so far. */
  readonly warnings: readonly Fault[];
}

/** What a step is apart from its migration. */
export interface StepOptions {
  readonly direction: Direction;
  readonly reason: PlanStep['reason'];
  readonly after: readonly StepDependency[];
}

/** Makes a compiler that remembers what it has compiled. */
export function createStepCompiler(compiler: ScriptCompiler): StepCompiler {
  const compiled = new Map<Script, CompiledScript | null>();
  const faults: Fault[] = [];
  const warnings: Fault[] = [];

  function compile(migration: Migration, script: Script): CompiledScript | null {
    const known = compiled.get(script);
    if (known !== undefined) return known;
    const result = compiler.compile(migration, script);
    if (result.ok) warnings.push(...result.warnings);
    else faults.push(...result.faults);
    const value = result.ok ? result.script : null;
    compiled.set(script, value);
    return value;
  }

  return {
    faults,
    warnings,
    step(migration, { direction, reason, after }) {
      const script = direction === 'up' ? migration.up : migration.down;
      if (script === null) {
        faults.push(irreversible(migration));
        return null;
      }
      const ready = compile(migration, script);
      if (ready === null) return null;
      return {
        migrationId: migration.id,
        version: migration.version,
        name: migration.name,
        direction,
        kind: kindOf(migration, script, direction),
        reason,
        checksum: migration.up.checksum,
        file: script.path,
        statements: ready.statements,
        literalPlaceholder: ready.literalPlaceholder,
        unqualified: ready.unqualified,
        execution: script.execution,
        requires: migration.requires,
        after,
      };
    },
  };
}

/** The schema a dependency is meant in: its own when fixed, else (`null`) that of whoever depends on it. */
export function toStepDependency(migration: Migration): StepDependency {
  const schema: SchemaName | null = migration.schema;
  return { connection: migration.connection, schema, migrationId: migration.id };
}

/** Whether a script is one transaction, so that nothing of it can ever be there alone. */
export function runsInOneTransaction({ transaction, batchSize }: ScriptExecution): boolean {
  return transaction === 'per-migration' && batchSize === null;
}

/** Whether a step has statements outside of any transaction: they need a session that nobody else uses meanwhile. */
export function needsOwnSession({ statements }: PlanStep): boolean {
  return statements.some(({ bare }) => bare !== null);
}

function kindOf(migration: Migration, script: Script, direction: Direction): StepKind {
  if (direction === 'up' && migration.down === null) return 'irreversible';
  return runsInOneTransaction(script.execution) ? 'atomic' : 'resumable';
}

function irreversible(migration: Migration): Fault {
  return {
    code: 'migration.irreversible',
    message: `${migration.id} has no down file, so it cannot be rolled back`,
    where: { file: migration.up.path, migration_id: migration.id },
    mend: `write ${migration.up.path.replace(/\.up\.([a-z]+)$/, '.down.$1')}, or leave this migration applied`,
  };
}
