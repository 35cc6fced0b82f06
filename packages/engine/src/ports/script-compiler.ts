import type { CompiledScript, Fault, Migration, Script } from '@bfm/core';

/** What compiling a script gives: statements and what is odd about them, or every fault found in it. */
export type CompileResult =
  | { readonly ok: true; readonly script: CompiledScript; readonly warnings: readonly Fault[] }
  | { readonly ok: false; readonly faults: readonly [Fault, ...Fault[]] };

/** Reads scripts with the grammar of their backend. Pure; may be called many times with the same script. */
export interface ScriptCompiler {
  /**
   * Cuts a script into statements and refuses what may not stand in it (transaction control, psql commands,
   * statements that need `transaction=none`, anything that does not parse). Never throws for faulty input.
   */
  compile(migration: Migration, script: Script): CompileResult;

  /**
   * Tells whether two texts of one backend mean the same: only comments and white space differ, and the execution
   * directives agree. Texts that cannot be parsed mean the same only when they are equal.
   */
  sameMeaning(migration: Migration, applied: string, current: string): boolean;
}
