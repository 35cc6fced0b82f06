import type { ScriptCompiler } from '@bfm/engine';

/**
 * A compiler for made-up scripts: statements are what stands between semicolons, `broken` does not parse, and texts
 * mean the same when they differ in `#comments` only.
 */
export const wordCompiler: ScriptCompiler = {
  compile: (migration, script) => {
    const texts = script.text.split(';').map((text) => text.trim());
    if (texts.includes('broken')) {
      const where = { file: script.path, line: 1, column: 1, migration_id: migration.id };
      const fault = { code: 'migration.unparseable', message: 'broken', where, mend: 'mend it' } as const;
      return { ok: false, faults: [fault] };
    }
    const statements = texts.map((text, index) => ({ text, line: index + 1, column: 1, bare: null }));
    const unqualified = { creates: [], changes: [] };
    return { ok: true, script: { statements, literalPlaceholder: null, unqualified }, warnings: [] };
  },
  sameMeaning: (_migration, applied, current) => strip(applied) === strip(current),
};

function strip(text: string): string {
  return text.replaceAll(/#\S*/g, '').trim();
}
