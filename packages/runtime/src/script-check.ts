import type { Fault, Migration, MigrationId } from '@bfm/core';
import type { ScriptCompiler } from '@bfm/engine';

/** What was found in the scripts of a migration. */
interface Looked {
  readonly up: string;
  readonly down: string | null;
  readonly faults: readonly Fault[];
}

/**
 * Looks whether the scripts of migrations can be compiled; what was looked at before and has not changed is remembered. Whether
 * this build can run a backend at all is nothing about a file.
 */
export class ScriptCheck {
  readonly #compiler: ScriptCompiler;
  #known: ReadonlyMap<MigrationId, Looked> = new Map();
  #now = new Map<MigrationId, Looked>();

  constructor(compiler: ScriptCompiler) {
    this.#compiler = compiler;
  }

  /** Looks at one migration. */
  readonly faultsOf = (migration: Migration): readonly Fault[] => {
    const [up, down] = [migration.up.text, migration.down?.text ?? null];
    const before = this.#known.get(migration.id);
    const isSame = before?.up === up && before.down === down;
    const looked = isSame ? before : { up, down, faults: this.#compile(migration) };
    this.#now.set(migration.id, looked);
    return looked.faults;
  };

  /** All have been looked at: those that are gone are forgotten. */
  turn(): void {
    this.#known = this.#now;
    this.#now = new Map();
  }

  #compile(migration: Migration): readonly Fault[] {
    return [migration.up, migration.down].flatMap((script) => {
      const compiled = script === null ? null : this.#compiler.compile(migration, script);
      if (compiled === null || compiled.ok) return [];
      return compiled.faults.filter(({ code }) => code !== 'backend.capability_missing');
    });
  }
}
