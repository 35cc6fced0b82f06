import type {
  CompiledScript,
  Direction,
  Fault,
  Migration,
  PlanStep,
  SchemaName,
  Script,
  StepDependency,
  StepKind,
} from '@bfm/core';
import type { ScriptCompiler } from '../ports/script-compiler.ts';

/** Turns migrations into steps; every script is compiled once, every fault is kept. */
export interface StepCompiler {
  /** A step, or `null` when the migration's script is faulty or missing; the reason is then in `faults`. */
  step(migration: Migration, options: StepOptions): PlanStep | null;
  readonly faults: readonly Fault[];
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

  function compile(migration: Migration, script: Script): CompiledScript | null {
    const known = compiled.get(script);
    if (known !== undefined) return known;
    const result = compiler.compile(migration, script);
    if (!result.ok) faults.push(...result.faults);
    const value = result.ok ? result.script : null;
    compiled.set(script, value);
    return value;
  }

  return {
    faults,
    step(migration, { direction, reason, after }) {
      const script = direction === 'up' ? migration.up : migration.down;
      if (script === null) {
        faults.push(irreversible(migration));
        return null;
      }
      const unsupported = unsupportedFault(migration, script);
      if (unsupported !== null) faults.push(unsupported);
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
        placeholderInLiteral: ready.placeholderInLiteral,
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

function kindOf(migration: Migration, script: Script, direction: Direction): StepKind {
  if (direction === 'up' && migration.down === null) return 'irreversible';
  return script.execution.transaction === 'none' ? 'resumable' : 'atomic';
}

/** What files may already ask for and runs cannot do yet: refused, since leaving it out silently would be worse. */
function unsupportedFault(migration: Migration, { path, execution }: Script): Fault | null {
  const asked = [
    execution.transaction === 'none' ? 'transaction=none' : null,
    execution.batchSize === null ? null : 'batch',
    execution.verify === null ? null : 'verify',
  ].filter((directive) => directive !== null);
  if (asked.length === 0) return null;
  return {
    code: 'backend.capability_missing',
    message: `${migration.id} asks for ${asked.join(' and ')}, which this version cannot run yet; nothing was run`,
    where: { file: path, migration_id: migration.id },
    mend: 'leave this migration out with the selectors, or wait for the version that runs it',
  };
}

function irreversible(migration: Migration): Fault {
  return {
    code: 'migration.irreversible',
    message: `${migration.id} has no down file, so it cannot be rolled back`,
    where: { file: migration.up.path, migration_id: migration.id },
    mend: `write ${migration.up.path.replace(/\.up\.([a-z]+)$/, '.down.$1')}, or leave this migration applied`,
  };
}
